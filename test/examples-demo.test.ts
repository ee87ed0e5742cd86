import { execFileSync } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { choosePieces } from "../examples/demo/choose-pieces.ts";
import { wrap } from "../examples/demo/wrap.ts";
import { demoInTerminal, folderOf } from "./demo.ts";
import { runExample, runsTypeScript } from "./run-example.ts";

const ESCAPE = "\u001b";

/** How many columns a terminal gives a text. */
function columnsOf(text: string): number {
  return (
    text.length + (text.match(/[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\u3000-\u303f\uff00-\uff60]/gu)?.length ?? 0)
  );
}

describe.runIf(runsTypeScript)("the demo's command line", () => {
  it("has a help that says what runs where, and takes no other option and no empty name", async () => {
    const help = await runExample("demo/main.ts", "--help");
    expect(help).toMatchObject({ code: 0, stderr: "" });
    expect(help.stdout).toContain('npm start -- path/to/folder "a question"');
    expect(help.stdout).toContain("LAPLAS_API_KEY");
    expect(await runExample("demo/main.ts", "--hepl")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "\n✗ Unknown option '--hepl'. See npm start -- --help\n",
    });
    expect(await runExample("demo/main.ts", "")).toMatchObject({
      code: 2,
      stderr: "\n✗ The name of the folder is empty. See npm start -- --help\n",
    });
  });
});

describe.runIf(runsTypeScript)("a real folder", () => {
  it("has every file that can't be read listed in a line, with the reason", async () => {
    const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
    const folder = await folderOf({
      "baker.txt": utf16("The baker opens at six on Mondays.\n"),
      "smith.txt": utf16("The smith closes at nine in the evening.\n").swap16(),
      "bell.md": "\ufeff# The bell\n\nIt rings at noon.\n",
      "big.txt": "a".repeat(5_000_000),
      "binary.txt": Buffer.from([0, 1, 2, 255]),
      "blank.md": " \n\n",
      "cut.txt": Buffer.from([0xff, 0xfe, 0x41]),
      "latin.txt": Buffer.from("caf\u00e9", "latin1"),
      "unmarked.txt": Buffer.from("text", "utf16le"),
      "photo.png": "",
      "evil\u001b[2J\nname.txt": "",
    });
    await symlink("nowhere.md", join(folder, "dangling.md"));
    await symlink("round-2.md", join(folder, "round-1.md"));
    await symlink("round-1.md", join(folder, "round-2.md"));
    await symlink(".", join(folder, "circle"));
    // Not even the superuser can read the beginning of a process's memory.
    await symlink("/proc/self/mem", join(folder, "unreadable.txt"));
    execFileSync("mkfifo", [join(folder, "pipe.txt")]);
    await mkdir(join(folder, "node_modules"));
    await writeFile(join(folder, "node_modules", "installed.md"), "installed");

    const { stdout, stderr, code } = await runExample("demo/main.ts", folder, "When does the smith close?");
    expect([stderr, code]).toEqual(["", 0]);
    const reading = stdout.slice(stdout.indexOf("Reading"), stdout.indexOf("\n\nEmbedding")).split("\n");
    expect(reading).toEqual([
      "Reading",
      `  3 files below ${folder}`,
      "  13 left out:",
      "    big.txt: 5 MB, more than the 2 MB that are read",
      "    binary.txt: binary, or UTF-16 without a byte order mark",
      "    blank.md: blank",
      "    circle: a link to a folder, not followed",
      "    cut.txt: not valid UTF-16LE",
      "    dangling.md: a link to nothing",
      "    evil[2J name.txt: blank",
      "    latin.txt: not valid UTF-8",
      "    pipe.txt: not a file",
      "    round-1.md: a link in a circle",
      "    round-2.md: a link in a circle",
      "    unmarked.txt: binary, or UTF-16 without a byte order mark",
      "    unreadable.txt: can't be read (EIO)",
      "  1 file of other kinds not read (.png)",
    ]);
    expect(stdout).toContain("\n    The smith closes at nine in the evening.\n");
  });
});

describe.runIf(runsTypeScript)("the demo on a screen", () => {
  it("of 40 columns fills no more than a line with its bar, nor with anything but a path", async () => {
    const folder = await folderOf({
      "渡轮和图书馆以及市场的所有时刻表和规定.md": "去岛上的渡轮每天早上七点从北码头出发。\n",
      "long.txt": "The ferry leaves the northern pier at seven every morning. ".repeat(1_500),
    });
    const run = await demoInTerminal([folder, "渡轮几点出发？"], 40);
    expect(await run.ended).toBe(0);
    const lines = run
      .stdout()
      .split("\r\n")
      .map((line) => line.split(`\r${ESCAPE}[K`));
    const bar = lines.find((drawn) => drawn.length > 1) ?? [];
    expect(bar.length).toBeGreaterThan(2);
    expect(stripVTControlCharacters(bar.at(-1) ?? "")).toMatch(/^ {2}█+ (\d+) of \1 pieces$/);
    for (const text of lines.flat().map(stripVTControlCharacters)) {
      if (!text.includes("/")) expect(columnsOf(text), text).toBeLessThanOrEqual(40);
    }
    // The last column of a bar stays free: a terminal would go to the next line.
    for (const text of bar.map(stripVTControlCharacters)) expect(columnsOf(text), text).toBeLessThan(40);
    expect(stripVTControlCharacters(run.stdout())).toContain("渡轮每天早上七点从北码头出");
  });
});

describe("the choice of pieces", () => {
  const chosen = (lengths: readonly number[], most: number) => {
    const files = lengths.map((length, file) => Array.from({ length }, (_, index) => ({ file, index })));
    const taken = choosePieces(files, most);
    return files.map((_, file) => taken.filter((piece) => piece.file === file).map(({ index }) => index));
  };

  it.each([
    [
      "all, where they are few",
      [3, 2],
      5,
      [
        [0, 1, 2],
        [0, 1],
      ],
    ],
    [
      "as many of each, at even distances",
      [10, 100],
      4,
      [
        [0, 5],
        [0, 50],
      ],
    ],
    ["all of a short file, and more of a long one", [1, 100], 5, [[0], [0, 25, 50, 75]]],
    ["what is left over, over files at even distances", [9, 9, 9, 9], 6, [[0, 5], [0], [0, 5], [0]]],
    ["of more files than that, the first of every so many", [5, 5, 5, 5], 2, [[0], [], [0], []]],
    ["nothing of nothing", [0, 0], 5, [[], []]],
  ])("takes %s", (_, lengths, most, expected) => {
    expect(chosen(lengths, most)).toEqual(expected);
  });
});

describe("wrapping", () => {
  it.each([
    ["between words", "one two three", 9, "  one two\n  three\n"],
    ["between Chinese characters, and not before a mark that closes", "渡轮几点出发。", 14, "  渡轮几点出\n  发。\n"],
    ["with a blank only where there was one", "按 OK键 确认", 20, "  按 OK键 确认\n"],
    ["never within a path", "at /a/path/that/is/long now", 12, "  at\n  /a/path/that/is/long\n  now\n"],
  ])("breaks %s", (_, text, columns, expected) => {
    let printed = "";
    const print = (part: string): void => {
      printed += part;
    };
    const line = wrap(print, columns, "  ");
    for (const character of text) line.write(character);
    line.end();
    expect(printed).toBe(expected);
  });
});
