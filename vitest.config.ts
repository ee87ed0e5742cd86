import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string, entry = "index") =>
  fileURLToPath(new URL(`packages/${name}/src/${entry}.ts`, import.meta.url));
/** Unit tests read the other packages' sources; the tests under `test/` use the built packages, as a user does. */
const alias = {
  // Smaller entries before the package itself, which would be found in their names.
  "@laplas/core/continue-text": source("core", "continue-text"),
  "@laplas/core": source("core"),
  "@laplas/sandbox": source("sandbox"),
  "@laplas/providers": source("providers"),
  "@laplas/gateway/bodies": source("gateway", "bodies"),
  "@laplas/gateway/mcp": source("gateway", "mcp"),
  "@laplas/gateway": source("gateway"),
};

const UNIT = ["packages/*/src/**/*.test.ts"];
const WHOLE = ["test/**/*.test.ts"];
const NEVER = ["**/node_modules/**"];
/**
 * What replaces a module or counts all timers of its process: with the same module graph, files after it would get the
 * replacement, and timers that files before it left would be counted.
 */
const ALONE = ["**/*.alone.test.ts"];
/** Many processes, load, whole months: what a contributor need not wait for after each change. */
const SLOW = ["**/*.slow.test.ts"];

export default defineConfig({
  test: {
    // Two cores: more workers than that only wait for each other.
    maxWorkers: 2,
    // So long that only what hangs meets them, however busy the machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        resolve: { alias },
        // One module graph for all files of a worker: with one each, reading the sources again costs as much as the tests do.
        // So a test leaves nothing behind: no mock of a module, no global, no variable.
        test: {
          name: "unit",
          setupFiles: ["test/leave-nothing.ts"],
          include: UNIT,
          exclude: [...NEVER, ...ALONE, ...SLOW],
          isolate: false,
        },
      },
      {
        extends: true,
        resolve: { alias },
        // What needs a module graph of its own.
        test: { name: "alone", include: ALONE, exclude: NEVER },
      },
      {
        extends: true,
        // The oldest @langchain/core of the peer range. Agents bring the newest with them, so they are left out.
        resolve: {
          alias: [
            ...Object.entries(alias).map(([find, replacement]) => ({ find, replacement })),
            { find: /^@langchain\/core(?=\/|$)/, replacement: "@langchain/core-oldest" },
          ],
        },
        test: {
          name: "oldest-langchain",
          include: ["packages/langchain/src/**/*.test.ts"],
          exclude: [
            ...NEVER,
            "**/agents.test.ts",
            "**/agents.alone.test.ts",
            "**/*.agents.test.ts",
            "**/readme.test.ts",
          ],
          env: { LANGCHAIN_CORE: "oldest" },
        },
      },
      {
        extends: true,
        test: { name: "whole", include: WHOLE, exclude: [...NEVER, ...SLOW, "test/bench/**", "test/hosts/**"] },
      },
      {
        extends: true,
        // On the built packages too: `npm run test:all`.
        test: { name: "slow", include: SLOW, exclude: NEVER },
      },
      {
        extends: true,
        // Programs of others, with Python and what it installs: `npm run test:hosts`.
        test: { name: "hosts", include: ["test/hosts/**/*.test.ts"], testTimeout: 300_000 },
      },
    ],
  },
});
