import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));
/** Unit tests read the other packages' sources; the tests under `test/` use the built packages, as a user does. */
const alias = {
  "@laplas/core": source("core"),
  "@laplas/sandbox": source("sandbox"),
  "@laplas/gateway": source("gateway"),
};

export default defineConfig({
  test: {
    // Two cores: more workers than that only wait for each other.
    maxWorkers: 2,
    // So long that only what hangs meets them, however busy the machine is.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      { extends: true, resolve: { alias }, test: { name: "unit", include: ["packages/*/src/**/*.test.ts"] } },
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
          exclude: ["**/node_modules/**", "**/agents.test.ts", "**/readme.test.ts"],
          env: { LANGCHAIN_CORE: "oldest" },
        },
      },
      {
        extends: true,
        test: {
          name: "whole",
          include: ["test/**/*.test.ts"],
          exclude: ["**/node_modules/**", "test/bench/**", "test/hosts/**"],
        },
      },
      {
        extends: true,
        // Programs of others, with Python and what it installs: `npm run test:hosts`.
        test: { name: "hosts", include: ["test/hosts/**/*.test.ts"], testTimeout: 300_000 },
      },
    ],
  },
});
