import type { Options } from "tsup";

/**
 * JavaScript only: TypeScript 7 has no compiler API for tsup's own declarations, so `tsc --build` emits them.
 * ESM lands in `dist`, CommonJS in `dist/cjs`: a CommonJS program must meet the same copy of `@langchain/core` as we do.
 */
export function buildOptions(entry: string[] = ["src/index.ts"], commands: string[] = []): Options[] {
  const shared: Options = {
    entry,
    target: "node22",
    platform: "neutral",
    // tsup strips `node:` by default, and `node:sqlite` exists with it only.
    removeNodeProtocol: false,
    sourcemap: true,
    dts: false,
    silent: true,
    // A smaller entry shares the main one's classes at run time: tsup bundles them twice in CommonJS.
    external: [/^node:/, "./index.js"],
  };
  return [
    { ...shared, format: "esm", splitting: true, outDir: "dist", outExtension: () => ({ js: ".js" }) },
    ...(commands.length === 0
      ? []
      : [{ ...shared, entry: commands, format: "esm" as const, outDir: "dist", outExtension: () => ({ js: ".js" }) }]),
    { ...shared, format: "cjs", outDir: "dist/cjs", outExtension: () => ({ js: ".js" }) },
  ];
}
