import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { blocksOf, runProgram } from "./readme-blocks.ts";

const text = readFileSync(new URL("../docs/long-answers.md", import.meta.url), "utf8");

it("docs/long-answers.md has the table of costs as its own program prints it", async () => {
  const [, program = ""] = blocksOf(text, "ts").map(([, code]) => code);
  const { stdout } = await runProgram(program);
  const [, table = ""] = /^\| model \| prompt .*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(text) ?? [];
  expect(table).toBe(stdout);
});
