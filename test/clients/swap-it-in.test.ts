import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { type Door, openGateway } from "./open-gateway.ts";
import { PAGE, swaps } from "./swap-it-in.ts";

const run = promisify(execFile);
// Programs run from here, where the packages and the SDKs can be imported by name.
const cwd = fileURLToPath(new URL("..", import.meta.url));

/** Runs a program that knows of the upstream by environment only, as one with `laplas.fetch` does. */
async function program(door: Door, code: string, variables: Record<string, string> = {}): Promise<string> {
  const args = ["--experimental-strip-types", "--no-warnings", "--input-type=module-typescript", "--eval", code];
  const upstream = { LAPLAS_API_KEY: "page", LAPLAS_BASE_URL: door.sandbox.baseURL, LAPLAS_LEDGER: "memory" };
  const env = { PATH: process.env.PATH, ...upstream, ...variables };
  return (await run(process.execPath, args, { cwd, env })).stdout;
}

describe("docs/swap-it-in.md", () => {
  it.each(swaps("js"))("$title: runs afterwards, by the $way", async ({ way, after }) => {
    const door = await openGateway();
    expect(await program(door, after(door.baseURL))).toContain("Hello there!");
    expect(door.statuses()).toEqual(way === "gateway" ? [200] : []);
    expect(door.sandbox.counts()).toMatchObject({ received: 1, answered: 1, refused: 0 });
  });

  it("openai for JavaScript needs no change of code: its variables are enough", async () => {
    const door = await openGateway();
    const [{ before } = { before: "" }] = swaps("js");
    expect(before).toContain("new OpenAI()");
    const variables = { OPENAI_BASE_URL: door.baseURL, OPENAI_API_KEY: "unused" };
    expect(await program(door, before, variables)).toContain("Hello there!");
    expect(door.statuses()).toEqual([200]);
  });

  it.each(swaps("shell"))("$title: runs afterwards", async ({ after }) => {
    const door = await openGateway();
    const { stdout } = await run("sh", ["-c", after(door.baseURL)]);
    expect(stdout).toContain("Hello there!");
    expect(door.statuses()).toEqual([200]);
    expect(door.sandbox.counts()).toMatchObject({ answered: 1, refused: 0 });
  });

  it("links to files that are there, in lines of at most 160 characters", () => {
    const text = readFileSync(PAGE, "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(dirname(PAGE), target)), target).toBe(true);
    }
    expect(text.split("\n").filter((line) => line.length > 160)).toEqual([]);
  });
});
