import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Options } from "tsup";
import { buildOptions } from "../../scripts/tsup-options.ts";

type Plugin = NonNullable<Options["esbuildPlugins"]>[number];

/** Puts the page's files into the package as texts, so that it serves them wherever it is bundled into. See `src/page/raw.d.ts`. */
const pageTexts: Plugin = {
  name: "page texts",
  setup({ onResolve, onLoad, esbuild }) {
    onResolve({ filter: /\?raw$/ }, ({ path, resolveDir }) => ({
      // With its ending: tsup takes whatever ends in .css for a style sheet of ours.
      path: join(resolveDir, path),
      namespace: "raw",
    }));
    onLoad({ filter: /\.(html|svg)\?raw$/, namespace: "raw" }, async ({ path }) => ({
      // Comments are for whoever writes the page.
      contents: (await readFile(withoutQuery(path), "utf8")).replace(/\s*<!--[\s\S]*?-->/g, ""),
      loader: "text",
    }));
    onLoad({ filter: /\.(ts|css)\?raw$/, namespace: "raw" }, async ({ path }) => {
      const { outputFiles } = await esbuild.build({
        entryPoints: [withoutQuery(path)],
        bundle: true,
        minify: true,
        write: false,
        format: "esm",
        platform: "browser",
        target: ["es2022", "chrome111", "firefox113", "safari16.4"],
        charset: "utf8",
      });
      return { contents: outputFiles[0]?.text ?? "", loader: "text" };
    });
  },
};

function withoutQuery(path: string): string {
  return path.replace(/\?raw$/, "");
}

const options: Options[] = buildOptions(["src/index.ts", "src/bodies.ts", "src/mcp.ts"]).map((one) => ({
  ...one,
  esbuildPlugins: [pageTexts],
}));

export default options;
