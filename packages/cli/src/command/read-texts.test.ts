import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, it, onTestFinished, test } from "vitest";
import { readTexts } from "./read-texts.js";

function folderWith(files: Record<string, string | Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), "laplas-embed-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

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
  expect(await readTexts({ resolve }, folder, join(folder, "out.jsonl"))).toEqual({
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
  expect((await readTexts({ resolve }, join(folder, "a.md"))).texts).toEqual([{ id: "a.md", text: "text" }]);
  expect((await readTexts({ resolve }, join(folder, "b.jsonl"))).texts.map(({ id }) => id)).toEqual(["1", "2"]);
});

test.each([
  ['{"id":"1","text":"a"}\n{"id":"1","text":"b"}', /Two texts have the id "1"/],
  ['{"id":1,"text":"a"}', /line 1, must have "id" and "text"/],
  ['{"id":"1"', /line 1, is not valid JSON/],
])("%s: %s", async (jsonl, message) => {
  await expect(readTexts({ resolve }, join(folderWith({ "a.jsonl": jsonl }), "a.jsonl"))).rejects.toThrow(message);
});
