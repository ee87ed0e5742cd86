import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createSandbox } from "./index.js";

it("the examples of the README print what they say", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const printed: unknown[][] = [];
  const console = { log: (...values: unknown[]) => printed.push(values) };
  for (const [, block = ""] of readme.matchAll(/```ts\n([\s\S]*?)```/g)) {
    const code = block.replace(/^import .*$/gm, "");
    const run = new Function("createSandbox", "console", `return (async () => {${code}})()`);
    await run(createSandbox, console);
  }
  expect(printed).toEqual([
    [201, 16],
    [{ received: 1, answered: 1, refused: 0, probe: 0, faulted: 0 }],
    [["tokens_minute"]],
  ]);
});
