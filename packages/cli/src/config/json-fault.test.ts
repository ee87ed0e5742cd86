import fc from "fast-check";
import { expect, it, test } from "vitest";
import { jsonFaultLine } from "./json-fault.js";

test.each([
  ["", 1],
  ["no", 1],
  ['{"a": 1}\n}', 2],
  ['{\n  "a": 1\n  "b": 2\n}', 3],
  ['{\n  "a": 1,\n}', 3],
  ['{\n  "a": [1, 2,\n  ]\n}', 3],
  ['{\n  "a": "one\ntwo"\n}', 2],
  ['{\n  "a": 1\n', 2],
  ["{\n\n\n  a: 1}", 4],
  ["[1,\n 01]", 2],
  ['{"a"\n1}', 2],
  ['{"a": "\\x"}', 1],
  ['{"a": tru}', 1],
  ['{"a": "\u007f\u009b\\n",\n}', 2],
])("%j ceases to be JSON in line %i", (text, line) => expect(jsonFaultLine(text)).toBe(line));

it("goes on to the end of whatever is JSON, and to where it is broken off", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(), (value, cut) => {
      const text = JSON.stringify(value, null, 1);
      expect(jsonFaultLine(`${text}\n]`)).toBe(text.split("\n").length + 1);
      const part = text.slice(0, cut % text.length);
      expect(jsonFaultLine(part)).toBeLessThanOrEqual(part.split("\n").length);
    }),
  );
});

it("bears a long string", () => {
  expect(jsonFaultLine(`{\n"a": "${"x".repeat(20_000_000)}"\n"b"}`)).toBeGreaterThanOrEqual(2);
});
