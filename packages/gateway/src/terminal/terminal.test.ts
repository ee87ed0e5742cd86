import { beforeAll, describe, expect, it, test } from "vitest";
import { bar } from "./bar.js";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { reportLine } from "./report-line.js";
import { safeJson, safeLine, safeText } from "./safe-text.js";
import { columnsOf, hasBlocks, roomOf } from "./size.js";
import { fields, table, wrap } from "./table.js";
import { apiTokens, clock, counted, duration, until, whole } from "./words.js";

beforeAll(() => {
  delete process.env.FORCE_COLOR;
  process.env.NO_COLOR = "1";
});

describe("bar", () => {
  test.each([
    [{ used: 0 }, "░░░░░░░░"],
    [{ used: 0.0001 }, "█░░░░░░░"],
    [{ used: 0.5, held: 0.25 }, "████▓▓░░"],
    [{ used: 0.999 }, "███████░"],
    [{ used: 1 }, "████████"],
    [{ used: 3, held: 1 }, "████████"],
    [{ used: Number.NaN }, "░░░░░░░░"],
  ])("%o is %s", (parts, drawn) => expect(bar(parts, 8, true)).toBe(drawn));

  it("does with ASCII where there are no blocks", () => {
    expect(bar({ used: 0.5, held: 0.25 }, 8, false)).toBe("####++--");
  });
});

describe("hasBlocks", () => {
  test.each([
    [{}, true],
    [{ LANG: "de_DE.UTF-8" }, true],
    [{ LANG: "en_US.utf8", LC_ALL: "C" }, false],
    [{ LC_ALL: "", LANG: "C.UTF-8" }, true],
    [{ TERM: "linux", LANG: "C.UTF-8" }, false],
    [{ TERM: "dumb" }, false],
  ])("%o: %s", (environment, expected) => expect(hasBlocks(environment)).toBe(expected));
});

describe("table", () => {
  it("aligns what is coloured as what is not, and ends no line with blanks", () => {
    const rows = [
      ["\u001b[32mone\u001b[39m", "5", "x"],
      ["three", "1,000", ""],
    ];
    expect(table([{ title: "NAME" }, { title: "N", align: "right" }, { title: "" }], rows).slice(1)).toEqual([
      "\u001b[32mone\u001b[39m        5  x",
      "three  1,000",
    ]);
  });

  it("has no heading without titles", () => expect(table([{ title: "" }], [["a"]])).toEqual(["a"]));

  it("does without what can be spared where there is no room, and never without the rest", () => {
    const columns = [{ title: "A" }, { title: "LONG", spare: 1 }, { title: "LONGER", spare: 2 }];
    const heading = (room: number): string | undefined => table(columns, [["1", "2", "3"]], room)[0];
    expect([15, 14, 7, 6, 1].map(heading)).toEqual(["A  LONG  LONGER", "A  LONG", "A  LONG", "A", "A"]);
  });

  it("breaks a field that is too long, coloured or not, and leaves a short one's blanks", () => {
    expect(fields([["A", "one two  three"]], 12)).toEqual(["  A  one two", "     three"]);
    expect(fields([["A", "\u001b[2mone  two\u001b[22m"]], 13)).toEqual(["  A  \u001b[2mone  two\u001b[22m"]);
  });

  it("puts lines of a field under each other", () => {
    expect(
      fields([
        ["A", "one\ntwo"],
        ["Long", "x"],
      ]),
    ).toEqual(["  A     one", "        two", "  Long  x"]);
  });

  it("breaks at blanks, and leaves a word that is too long whole", () => {
    expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
    expect(wrap("a-very-long-word and", 5)).toEqual(["a-very-long-word", "and"]);
    expect(wrap("", 5)).toEqual([]);
  });

  it("has a least width, and one for what is no terminal", () => {
    expect([10, 120, 0, undefined].map((columns) => columnsOf(columns === undefined ? {} : { columns }))).toEqual([
      40, 120, 100, 100,
    ]);
    expect([roomOf({ columns: 50 }), roomOf({})]).toEqual([50, Number.POSITIVE_INFINITY]);
  });
});

describe("words", () => {
  test.each([
    [0, "0 s"],
    [-5, "0 s"],
    [999, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min"],
    [3_599_000, "59 min 59 s"],
    [3_600_000, "1 h"],
    [3_601_000, "1 h"],
    [86_399_000, "23 h 59 min"],
    [90_000_000, "1 d 1 h"],
  ])("%i ms are %s", (ms, text) => expect(duration(ms)).toBe(text));

  it("counts", () => {
    expect([counted(1, "call"), counted(1_234.9, "call"), whole(0.9)]).toEqual(["1 call", "1,234 calls", "0"]);
    expect([apiTokens(0), apiTokens(0.2), apiTokens(1_500)]).toEqual([
      "0 API tokens",
      "1 API token",
      "1,500 API tokens",
    ]);
  });

  it("tells a time from now, with the day only where it is another", () => {
    const now = Date.UTC(2026, 10, 25, 18, 48);
    expect(until(new Date(now + 5 * 3_600_000), now)).toMatch(/^in 5 h \(\d\d:\d\d \S+\)$/);
    expect(until(new Date(now - 1), now)).toMatch(/^now \(\d\d:\d\d \S+\)$/);
    expect(clock(new Date(now + 40 * 3_600_000), now)).toMatch(/^\d+ Nov, \d\d:\d\d \S+$/);
  });
});

describe("safe text", () => {
  it("has nothing that a terminal obeys", () => {
    expect(safeText("a\u001b[2Jb\u009b1mc\r\u0007\n\td\u007f")).toBe("a[2Jb1mc\n\td");
    expect(safeLine("a\n  b\u2028c\u001b]0;title\u0007")).toBe("a b c ]0;title");
    const json = JSON.stringify({ a: "\u001b[2J\u009b1m\u007f" });
    expect(safeJson(json)).toBe('{"a":"\\u001b[2J\\u009b1m\\u007f"}');
    expect(JSON.parse(safeJson(json))).toEqual(JSON.parse(json));
  });
});

describe("exit codes", () => {
  test.each([
    [{ code: "invalid_options", retryable: false }, EXIT.misuse],
    [{ code: "busy", retryable: true }, EXIT.later],
    [{ code: "daily_quota", retryable: false, resetsAt: new Date() }, EXIT.later],
    [{ code: "image_input", retryable: false }, EXIT.failed],
  ] as const)("%o: %i", (error, code) => expect(exitCodeOf(error)).toBe(code));
});

it("tells a call's cost in a line, and a wait only if it was one", () => {
  const report = {
    apiTokens: 16,
    estimated: false,
    adjusted: [],
    waitedMs: 12,
    attempts: 1,
    windows: [],
    truncatedByTier: false,
    requestId: "r",
  };
  expect(reportLine(report)).toBe("16 API tokens");
  expect(reportLine({ ...report, estimated: true, waitedMs: 20_400, remaining: 49_984 })).toBe(
    "about 16 API tokens · 49,984 left · waited 20 s",
  );
});
