import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { REQUEST_FIELDS } from "./chat/field-decisions.js";
import { openWorld } from "./testing/open-world.js";

const packageRoot = fileURLToPath(new URL("..", import.meta.url));
/** Where packages of other providers are installed. */
const otherProviders = fileURLToPath(new URL("../../../test", import.meta.url));
const readme = readFileSync(`${packageRoot}README.md`, "utf8");
const blocks = [...readme.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);

/** Runs a block as a program of its own, against a sandbox and with nothing but the environment to tell it so. */
function run(code: string, baseURL: string): Promise<string> {
  const loader = fileURLToPath(new URL("testing/resolve-sources.ts", import.meta.url));
  const laplas = { LAPLAS_API_KEY: "readme", LAPLAS_BASE_URL: baseURL, LAPLAS_LEDGER: "memory" };
  const env = { PATH: process.env.PATH, ...laplas, OPENROUTER_API_KEY: "of-another-provider" };
  const cwd = code.includes('"@langchain/openrouter"') ? otherProviders : packageRoot;
  return new Promise((resolve, reject) => {
    const options = [
      "--experimental-strip-types",
      "--import",
      loader,
      "--input-type=module-typescript",
      "--eval",
      code,
    ];
    execFile(process.execPath, options, { cwd, env }, (error, output) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
}

describe("README", () => {
  it("is at most 150 lines", () => {
    expect(readme.split("\n").length).toBeLessThanOrEqual(151);
  });

  it("names every field that is sent, and every part of `configuration` that is used", () => {
    const named = [...Object.keys(REQUEST_FIELDS), "baseURL", "apiKey", "defaultHeaders", "fetch"];
    for (const name of named) expect(readme).toContain(`\`${name}\``);
  });

  it.each(blocks.map((code, index) => [index + 1, code] as const))(
    "block %i runs and is never refused",
    async (_, code) => {
      const { sandbox } = await openWorld();
      await run(code, sandbox.baseURL);
      expect(sandbox.counts().answered).toBeGreaterThan(0);
      expect(sandbox.counts().refused).toBe(0);
    },
  );
});
