import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { type EmbedLine, openEmbedOutput } from "./embed-output.js";
import { readTexts } from "./read-texts.js";
import { splitText } from "./split-text.js";

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-embed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

describe("readTexts", () => {
  it("has the texts of all folders, by their paths; not what is hidden, no text, empty, or the output", async () => {
    const folder = folderWith({
      "b.txt": "b",
      "a/z.md": "z",
      "B.txt": "B",
      ".git/x": "x",
      "pic.bin": Buffer.from([0xff, 0xfe, 0xfd]),
      "zero.bin": "a\0b",
      "empty.txt": " \n",
      "out.jsonl": "{}",
    });
    symlinkSync(join(folder, "b.txt"), join(folder, "c.txt"));
    symlinkSync(join(folder, "gone"), join(folder, "dead.txt"));
    expect(await readTexts(folder, join(folder, "out.jsonl"))).toEqual({
      texts: [
        { id: "B.txt", text: "B" },
        { id: "a/z.md", text: "z" },
        { id: "b.txt", text: "b" },
        { id: "c.txt", text: "b" },
      ],
      skipped: [
        { id: "empty.txt", reason: "empty" },
        { id: "pic.bin", reason: "no text in UTF-8" },
        { id: "zero.bin", reason: "no text" },
      ],
    });
  });

  it("reads one file, or lines with ids", async () => {
    const folder = folderWith({ "a.md": "text", "b.jsonl": '{"id":"2","text":"two"}\n\n{"id":"1","text":"one"}\n' });
    expect((await readTexts(join(folder, "a.md"))).texts).toEqual([{ id: "a.md", text: "text" }]);
    expect((await readTexts(join(folder, "b.jsonl"))).texts.map(({ id }) => id)).toEqual(["1", "2"]);
  });

  test.each([
    ['{"id":"1","text":"a"}\n{"id":"1","text":"b"}', /Two texts have the id "1"/],
    ['{"id":1,"text":"a"}', /line 1, must have "id" and "text"/],
    ['{"id":"1"', /line 1, is no JSON/],
  ])("%s: %s", async (jsonl, message) => {
    await expect(readTexts(join(folderWith({ "a.jsonl": jsonl }), "a.jsonl"))).rejects.toThrow(message);
  });
});

describe("splitText", () => {
  const pieces = (text: string, most: number): string[] =>
    splitText({ id: "a", text }, most).map((piece) => piece.text);

  it("leaves a short text and its id alone", () => {
    expect(splitText({ id: "a", text: "short" }, 5)).toEqual([{ id: "a", text: "short" }]);
    expect(splitText({ id: "a", text: "short" }, undefined)).toEqual([{ id: "a", text: "short" }]);
  });

  test.each([
    ["one two.\n\nthree four five", 18, ["one two.", "three four five"]],
    ["line one here\nline two here", 20, ["line one here", "line two here"]],
    ["A sentence. Another one.", 16, ["A sentence.", "Another one."]],
    ["word word word", 10, ["word word", "word"]],
    ["x".repeat(25), 10, ["x".repeat(10), "x".repeat(10), "x".repeat(5)]],
  ])("%j by %i", (text, most, expected) => expect(pieces(text, most)).toEqual(expected));

  it("loses nothing but blanks at the ends of pieces, halves no character, and is never longer", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", " ", ". ", "\n", "\n\n", "😀", "ä"), maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 50 }), (whole, most) => {
        const parts = pieces(whole, most);
        expect(parts.join("").replace(/\s/g, "")).toBe(whole.replace(/\s/g, ""));
        for (const part of parts.length > 1 ? parts : []) {
          expect(part.length).toBeLessThanOrEqual(most);
          expect(part.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});

describe("the output of embed", () => {
  const line = (id: string, more: Partial<EmbedLine> = {}): EmbedLine => ({
    id,
    model: "m",
    sha256: `hash of ${id}`,
    embedding: [1, 2],
    ...more,
  });
  const write = (...ids: string[]): string => ids.map((id) => `${JSON.stringify(line(id))}\n`).join("");
  const fileOf = (content?: string): string =>
    join(folderWith(content === undefined ? {} : { "o.jsonl": content }), "o.jsonl");

  it("begins a file, and goes on with it", async () => {
    const path = fileOf();
    const first = await openEmbedOutput(path, "m");
    await first.append([line("a"), line('b","embedding":[9', { text: 'x","embedding":' })]);
    await first.close();
    const second = await openEmbedOutput(path, "m");
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
      const output = await openEmbedOutput(path, "m");
      expect(output.repaired).toBe(true);
      expect([...output.done.keys()]).toEqual(["a"]);
      await output.append([line("b")]);
      await output.close();
      expect(readFileSync(path, "utf8")).toBe(write("a", "b"));
    }
  });

  test.each([
    ["a text of somebody's", /something else than what embed writes/],
    ["two\nlines", /something else/],
    ['{"id":"a","text":"b"}\n', /something else/],
    [`${write("a")}\n`, /something else/],
    [write("a").replace('"m"', '"other"'), /vectors of other, which can't be compared with those of m/],
  ])("touches no other file: %j", async (content, message) => {
    const path = fileOf(content);
    await expect(openEmbedOutput(path, "m")).rejects.toThrow(message);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  it("says where it can't write", async () => {
    await expect(openEmbedOutput(join(fileOf(), "no", "o"), "m")).rejects.toThrow(
      /can't be written: ENOENT, there is no such file or folder/,
    );
  });

  it("takes no pipe or device: it could not be read again", async () => {
    await expect(openEmbedOutput("/dev/full", "m")).rejects.toThrow("/dev/full is no ordinary file");
  });

  it("stops if another program writes as well, or vectors become longer", async () => {
    const path = fileOf(write("a"));
    const [one, other] = [await openEmbedOutput(path, "m"), await openEmbedOutput(path, "m")];
    await expect(one.append([line("b", { embedding: [1, 2, 3] })])).rejects.toThrow(/vectors of 2 numbers, not of 3/);
    await one.append([line("b")]);
    await expect(other.append([line("b")])).rejects.toThrow(/Another program writes/);
    await one.close();
    await other.close();
    expect(readFileSync(path, "utf8")).toBe(write("a", "b"));
  });
});
