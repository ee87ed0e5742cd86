import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { createSandbox } from "./index.js";

it("the example of the README prints what it says", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const block = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const code = block.replace(/^import .*$/gm, "");
  const printed: unknown[][] = [];
  const console = { log: (...values: unknown[]) => printed.push(values) };
  const run = new Function("createSandbox", "console", `return (async () => {${code}})()`);
  await run(createSandbox, console);
  expect(printed).toEqual([[201, 16], [{ received: 1, answered: 1, refused: 0, probe: 0, faulted: 0 }]]);
});
