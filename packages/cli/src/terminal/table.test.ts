import { expect, it } from "vitest";
import { plain } from "../testing/plain.js";
import { fields, table, wrap } from "./table.js";

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
  const heading = (room: number): string | undefined => plain(table(columns, [["1", "2", "3"]], room)).split("\n")[0];
  expect([15, 14, 7, 6, 1].map(heading)).toEqual(["A  LONG  LONGER", "A  LONG", "A  LONG", "A", "A"]);
});

it("breaks a field that is too long, coloured or not, and leaves a short one's blanks", () => {
  expect(plain(fields([["A", "one two  three"]], 12))).toBe("  A  one two\n     three");
  expect(fields([["", "\u001b[2mone  two\u001b[22m"]], 12)).toEqual(["    \u001b[2mone  two\u001b[22m"]);
});

it("puts lines of a field under each other", () => {
  const lines = fields([
    ["A", "one\ntwo"],
    ["Long", "x"],
  ]);
  expect(plain(lines)).toBe("  A     one\n        two\n  Long  x");
});

it("breaks at blanks, and leaves a word that is too long whole", () => {
  expect(wrap("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrap("a-very-long-word and", 5)).toEqual(["a-very-long-word", "and"]);
  expect(wrap("", 5)).toEqual([]);
});
