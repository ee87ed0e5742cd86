import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished, test } from "vitest";
import { type EmbedLine, openEmbedOutput } from "./embed-output.js";

const line = (id: string, more: Partial<EmbedLine> = {}): EmbedLine => ({
  id,
  model: "m",
  sha256: `hash of ${id}`,
  embedding: [1, 2],
  ...more,
});
const write = (...ids: string[]): string => ids.map((id) => `${JSON.stringify(line(id))}\n`).join("");
const fileOf = (content?: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "laplas-embed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "o.jsonl");
  if (content !== undefined) writeFileSync(path, content);
  return path;
};

it("begins a file, and goes on with it", async () => {
  const path = fileOf();
  const first = await openEmbedOutput({ resolve }, path, "m");
  await first.append([line("a"), line('b","embedding":[9', { text: 'x","embedding":' })]);
  await first.close();
  const second = await openEmbedOutput({ resolve }, path, "m");
  expect([...second.done]).toEqual([
    ["a", "hash of a"],
    ['b","embedding":[9', 'hash of b","embedding":[9'],
  ]);
  expect(second.repaired).toBe(false);
  await second.close();
});

it("cuts a half last line off, wherever it was cut, also one longer than what is read at once", async () => {
  const last = JSON.stringify(line("b", { text: "x".repeat(100_000) }));
  for (const cut of [1, 3, 7, 8, 50, 70_000, last.length - 1, last.length]) {
    const path = fileOf(write("a") + last.slice(0, cut));
    const output = await openEmbedOutput({ resolve }, path, "m");
    expect(output.repaired).toBe(true);
    expect([...output.done.keys()]).toEqual(["a"]);
    await output.append([line("b")]);
    await output.close();
    expect(readFileSync(path, "utf8")).toBe(write("a", "b"));
  }
});

test.each([
  ["a text of somebody's", /was not written by laplas embed/],
  ["two\nlines", /was not written by laplas embed/],
  ['{"id":"a","text":"b"}\n', /was not written by laplas embed/],
  [`${write("a")}\n`, /was not written by laplas embed/],
  [write("a").replace('"m"', '"other"'), /vectors of other, which can't be compared with those of m/],
])("touches no other file: %j", async (content, message) => {
  const path = fileOf(content);
  await expect(openEmbedOutput({ resolve }, path, "m")).rejects.toThrow(message);
  expect(readFileSync(path, "utf8")).toBe(content);
});

it("says where it can't write", async () => {
  await expect(openEmbedOutput({ resolve }, join(fileOf(), "no", "o"), "m")).rejects.toThrow(
    /can't be written: ENOENT, there is no such file or folder/,
  );
});

it("takes no pipe or device: it could not be read again", async () => {
  await expect(openEmbedOutput({ resolve }, "/dev/full", "m")).rejects.toThrow("/dev/full is no ordinary file");
});

it("stops if another program writes as well, or vectors become longer", async () => {
  const path = fileOf(write("a"));
  const [one, other] = [await openEmbedOutput({ resolve }, path, "m"), await openEmbedOutput({ resolve }, path, "m")];
  await expect(one.append([line("b", { embedding: [1, 2, 3] })])).rejects.toThrow(/vectors of 2 numbers, not of 3/);
  await one.append([line("b")]);
  await expect(other.append([line("b")])).rejects.toThrow(/Another program writes/);
  await one.close();
  await other.close();
  expect(readFileSync(path, "utf8")).toBe(write("a", "b"));
});
