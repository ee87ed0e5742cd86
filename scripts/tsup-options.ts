import { readFileSync } from "node:fs";
import type { Options } from "tsup";

/**
 * JavaScript only: TypeScript 7 has no compiler API for tsup's own declarations, so `tsc --build` emits them.
 * ESM lands in `dist`, CommonJS in `dist/cjs`: a CommonJS program must meet the same copy of `@langchain/core` as we do.
 */
export function buildOptions(entry: string[] = ["src/index.ts"]): Options[] {
  return [
    { ...esm, entry, splitting: true },
    { ...shared, entry, format: "cjs", external, esbuildPlugins: [nodeImports], outDir: "dist/cjs" },
  ];
}

/** A program that is run, never imported. */
export function programOptions(entry: string): Options {
  return { ...esm, entry: [entry] };
}

// A smaller entry shares the main one's classes at run time: tsup bundles them twice in CommonJS.
const external = [/^node:/, "./index.js"];
const shared: Options = {
  target: "node22",
  platform: "neutral",
  // tsup strips `node:` by default, and `node:sqlite` exists with it only.
  removeNodeProtocol: false,
  sourcemap: true,
  dts: false,
  silent: true,
  outExtension: () => ({ js: ".js" }),
};
// Private imports stay as they are: whoever bundles the package chooses.
const esm: Options = { ...shared, format: "esm", external: [...external, /^#/], outDir: "dist" };

/** Private imports do not reach into `dist/cjs`, which has a package.json of its own: there they are Node's. */
const nodeImports: NonNullable<Options["esbuildPlugins"]>[number] = {
  name: "node-imports",
  setup(build) {
    const { imports } = JSON.parse(readFileSync("package.json", "utf8"));
    build.onResolve({ filter: /^#/ }, ({ path }) => ({ path: imports[path].node, external: true }));
  },
};
