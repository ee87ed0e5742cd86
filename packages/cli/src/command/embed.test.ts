import { expect, it } from "vitest";
import { holdAnswer } from "../../../gateway/src/testing/hold-answer.js";
import { openShell, type Shell } from "../testing/open-shell.js";

function writeTexts(shell: Shell, count: number): void {
  for (let index = 0; index < count; index += 1) {
    const name = `docs/${index % 2 === 0 ? "" : "more/"}text-${String(index).padStart(3, "0")}.md`;
    shell.write(name, `# Text ${index}\n\nThe heron waits by the mill number ${index}.\n`);
  }
}

const linesOf = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

it("writes a line for each text, shows how far it is in a terminal, and does nothing twice", async () => {
  const shell = await openShell();
  writeTexts(shell, 5);
  shell.write("docs/pic.png", Buffer.from([0x89, 0x50, 0xff]));
  const run = shell.start(["embed", "docs", "-o", "out.jsonl", "--batch", "2"], { columns: 100 });
  expect(await run.ended).toBe(0);
  expect(run.screen()).toMatch(/5 texts to embed; about \d+ API tokens\.\n {2}left out: pic\.png: no text in UTF-8/);
  expect(run.screen()).toMatch(/█+░+\S* +40 % {2}2 of 5 texts/);
  expect(run.screen()).toMatch(/Done\.\S* 5 texts embedded into out\.jsonl, for \d+ API tokens\./);
  const lines = linesOf(shell.read("out.jsonl"));
  expect(lines.map(({ id }) => id)).toEqual([
    "more/text-001.md",
    "more/text-003.md",
    "text-000.md",
    "text-002.md",
    "text-004.md",
  ]);
  expect(lines[0]).toMatchObject({ model: "text-embedding-3-small", sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(lines[0].embedding).toHaveLength(1536);

  shell.write("docs/text-000.md", "changed");
  const again = await shell.run(["embed", "docs", "-o", "out.jsonl"]);
  expect([again.code, again.stdout]).toEqual([0, ""]);
  expect(again.stderr).toMatch(
    /1 text changed since it was embedded \(text-000\.md\)[\s\S]*Nothing to do: out\.jsonl has all 5 texts\.\n$/,
  );
  expect(shell.sandbox.counts().received).toBe(3);
  expect((await shell.run(["embed", "docs", "-o", "out.jsonl", "-m", "text-embedding-3-large"])).code).toBe(2);
});

it("ends with 3 on a spent budget, says how to go on, and goes on", async () => {
  const shell = await openShell({ rules: { dailyApiTokens: 2 } });
  const rich = await openShell();
  const environment = { LAPLAS_LEDGER: "memory" };
  writeTexts(shell, 12);
  const args = ["embed", "docs", "-o", "out.jsonl", "--batch", "2", "--json"];
  const spent = await shell.run(args, { environment });
  expect(spent.code).toBe(3);
  expect(spent.stderr).toMatch(/Run the same command again: it resumes where it stopped\.\nlaplas: .*\n$/);
  const [summary, error] = linesOf(spent.stdout);
  expect(summary).toMatchObject({ object: "embed", texts: 12, already: 0, embedded: 4, left: 8, api_tokens: 2 });
  expect(error).toMatchObject({ object: "error", error: { code: "daily_quota", resets_at: expect.any(String) } });

  const onRich = { environment: { ...environment, LAPLAS_BASE_URL: rich.sandbox.baseURL } };
  const rest = await shell.run(args, onRich);
  expect(JSON.parse(rest.stdout)).toMatchObject({ already: 4, embedded: 8, left: 0, changed: [], skipped: [] });
  await shell.run(["embed", "docs", "-o", "whole.jsonl"], onRich);
  expect(shell.read("out.jsonl")).toBe(shell.read("whole.jsonl"));
});

it("splits long texts, and keeps them beside the vectors", async () => {
  const shell = await openShell();
  writeTexts(shell, 1);
  shell.write("docs/long.md", "One sentence. ".repeat(100));
  const args = ["embed", "docs", "-o", "out.jsonl", "--chunk", "500", "--text", "-m", "textembedding-gecko@001"];
  expect((await shell.run(args)).code).toBe(0);
  const lines = linesOf(shell.read("out.jsonl"));
  expect(lines.map(({ id }) => id)).toEqual(["long.md#1", "long.md#2", "long.md#3", "text-000.md"]);
  expect(lines[0].text).toMatch(/^One sentence\. [\s\S]*sentence\.$/);
});

it("names the texts that can't be embedded, with 1, and asks one by one where the model takes no list", async () => {
  const shell = await openShell();
  writeTexts(shell, 2);
  shell.write("docs/long.md", "One sentence. ".repeat(300));
  const args = ["embed", "docs", "-o", "out.jsonl", "-m", "BAAI/bge-base-en-v1.5"];
  const run = await shell.run(args);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^2 texts to embed; .*\n {2}left out: long\.md: .*\nDone\. 2 texts embedded into /);
  expect(linesOf(shell.read("out.jsonl")).map(({ id }) => id)).toEqual(["more/text-001.md", "text-000.md"]);
  expect(shell.sandbox.counts()).toMatchObject({ received: 2, refused: 0 });
  const again = await shell.run([...args, "--json"]);
  expect([again.code, JSON.parse(again.stdout)]).toMatchObject([1, { already: 2, skipped: [{ id: "long.md" }] }]);
});

it("says in a terminal that it waits, and then draws its bar again", async () => {
  const shell = await openShell();
  shell.write("docs/one.md", "The heron waits by the mill.\n");
  const held = holdAnswer(shell.sandbox);
  const call = shell.start(["chat", "Hello"]);
  await held.arrived;
  const run = shell.start(["embed", "docs", "-o", "docs.jsonl"], { columns: 100, environment: { NO_COLOR: "1" } });
  await run.until("stderr", /waiting for another call to end/);
  held.release();
  expect([await call.ended, await run.ended]).toEqual([0, 0]);
  expect(run.stderr()).toMatch(/waiting for another call to end[\s\S]*0 % {2}0 of 1 text[\s\S]*Done\./);
});
