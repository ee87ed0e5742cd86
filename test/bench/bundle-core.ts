import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const SOURCES = fileURLToPath(new URL("../../packages/core/src", import.meta.url));

/** What of core's inner parts is measured. They are not exported, and should not be for this. */
export interface CoreParts {
  readonly decide: typeof import("../../packages/core/src/tier/decide.ts").decide;
  readonly readRequest: typeof import("../../packages/core/src/request/read-request.ts").readRequest;
  readonly createCatalog: typeof import("../../packages/core/src/providers/laplas/laplas-catalog.ts").createCatalog;
  readonly laplas: typeof import("../../packages/core/src/providers/laplas/laplas.ts").laplas;
  readonly freeTier: typeof import("../../packages/core/src/providers/laplas/laplas-tiers.ts").freeTier;
  readonly admit: typeof import("../../packages/core/src/ledger/admit.ts").admit;
  readonly createMemoryStore: typeof import("../../packages/core/src/ledger/memory/memory-store.ts").createMemoryStore;
  readonly createSqliteStore: typeof import("../../packages/core/src/ledger/sqlite/sqlite-store.ts").createSqliteStore;
}

const ENTRY = `
  export { decide } from "./tier/decide.ts";
  export { readRequest } from "./request/read-request.ts";
  export { createCatalog } from "./providers/laplas/laplas-catalog.ts";
  export { laplas } from "./providers/laplas/laplas.ts";
  export { freeTier } from "./providers/laplas/laplas-tiers.ts";
  export { admit } from "./ledger/admit.ts";
  export { createMemoryStore } from "./ledger/memory/memory-store.ts";
  export { createSqliteStore } from "./ledger/sqlite/sqlite-store.ts";
`;

/** Bundles them from the sources, with the tool and target of the published build. Returns the file's path. */
export async function bundleCore(folder: string): Promise<string> {
  const outfile = join(folder, "core-parts.mjs");
  await build({
    stdin: { contents: ENTRY, resolveDir: SOURCES, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22",
    logLevel: "error",
    outfile,
  });
  return outfile;
}
