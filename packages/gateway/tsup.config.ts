import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Options } from "tsup";
import { buildOptions } from "../../scripts/tsup-options.ts";
import { tagOf } from "./src/page/tag-of.ts";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];
type Build = Parameters<Plugin["setup"]>[0];

/** Puts the page's files into the package as texts, so that it serves them wherever it is bundled into. See `src/page/raw.d.ts`. */
const pageTexts: Plugin = {
  name: "page texts",
  setup({ onResolve, onLoad, esbuild }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      // With its ending: tsup takes whatever ends in .css for a style sheet of ours.
      path: join(resolveDir, path),
      namespace: "raw",
    }));
    onLoad({ filter: /\?raw$/, namespace: "raw" }, async ({ path }) => ({
      contents: await textOf(path.replace(/\?raw$/, ""), esbuild),
      loader: "text",
    }));
    onLoad({ filter: /[\\/]page[\\/]packs\.ts$/ }, async ({ path }) => ({
      contents: await packsOf(dirname(path), esbuild),
      loader: "js",
    }));
  },
};

/** What a program of the page loads when it needs it is a file beside it. */
const loadedLater: Plugin = {
  name: "loaded later",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\// }, ({ kind, path }) =>
      kind === "dynamic-import" ? { path, external: true } : undefined,
    );
  },
};

const texts = new Map<string, Promise<string>>();

/** The text of a file as the page serves it; made once for all formats. */
function textOf(path: string, esbuild: Build["esbuild"]): Promise<string> {
  const known = texts.get(path) ?? makeText(path, esbuild);
  texts.set(path, known);
  return known;
}

async function makeText(path: string, esbuild: Build["esbuild"]): Promise<string> {
  // Comments are for those who write the page.
  if (/\.(html|svg)$/.test(path)) {
    const text = (await readFile(path, "utf8")).replace(/\s*<!--[\s\S]*?-->/g, "");
    if (!text.includes("<style></style>")) return text;
    const style = await textOf(join(dirname(path), "page.css"), esbuild);
    // As a function: in a text "$" would have a meaning.
    return text.replace("<style></style>", () => `<style>${style}</style>`);
  }
  const { outputFiles } = await esbuild.build({
    entryPoints: [path],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    plugins: [loadedLater],
  });
  return outputFiles[0]?.text.trimEnd() ?? "";
}

/** `src/page/packs.ts` with something in it. */
async function packsOf(folder: string, esbuild: Build["esbuild"]): Promise<string> {
  const html = await textOf(join(folder, "page.html"), esbuild);
  const served = [
    html,
    html.replace('data-token="none"', 'data-token="needed"'),
    await textOf(join(folder, "client", "main.tsx"), esbuild),
    await textOf(join(folder, "client", "library.ts"), esbuild),
  ];
  const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  const entries = served.map(async (text) => {
    const bytes = await promisify(brotliCompress)(text, { params });
    return [tagOf(text), bytes.toString("base64")];
  });
  return `export const PACKS = new Map(${JSON.stringify(await Promise.all(entries))});`;
}

const options: Options[] = buildOptions(["src/index.ts", "src/bodies.ts", "src/mcp.ts"]).map((one) => ({
  ...one,
  esbuildPlugins: [pageTexts],
}));

export default options;
