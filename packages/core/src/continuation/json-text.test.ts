import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createJSONText } from "./json-text.js";

function readAll(begun: string, pieces: readonly string[]) {
  const scanner = createJSONText(begun);
  return { text: pieces.map((piece) => scanner.read(piece)).join(""), isClosed: scanner.isClosed };
}

describe("createJSONText", () => {
  test.each([
    ["a line break in a string", '{"a":"on', 'e\ntwo"}', 'e\\ntwo"}'],
    ["a tab, a carriage return and others", '{"a":"', '\t\r\b\f\u0000\u001f"}', '\\t\\r\\b\\f\\u0000\\u001f"}'],
    ["line breaks between values", '{"a":1,', '\n\t"b":\r\n2}', '\n\t"b":\r\n2}'],
    ["what follows the root", '["a"', ',"b"]\n```\nDone: {}', ',"b"]'],
    ["closers in a string", '{"a":"', '}]"}x', '}]"}'],
    ["an escaped quote", '{"a":"\\', '"}\n"}x', '"}\\n"}'],
    ["an escaped backslash", '{"a":"\\\\', '"}x', '"}'],
    ["a root that has not begun", "", '\n {"a":[{}]} bye', '\n {"a":[{}]}'],
    ["white space that has begun", " \n", "[]]", "[]"],
    ["a root that has closed", "{}", " more", ""],
    ["what is not JSON", "", "Sorry,\n{}\nno", "Sorry,\n{}\nno"],
    ["closers that don't match", '{"a":[1', "}} x\n", "}} x\n"],
    ["a bare line break that is escaped", '{"a":"x\\', '\n"}', '\n"}'],
    ["a key with a line break", '{"a', '\nb":"c"}', '\\nb":"c"}'],
    ["a name of the prototype", "", "constructor", "constructor"],
  ])("%s", (_, begun, piece, expected) => {
    expect(readAll(begun, [piece]).text).toBe(expected);
    expect(readAll(begun, piece.split("")).text).toBe(expected);
  });

  test("says when the root has closed", () => {
    expect([readAll("", ["[[]"]), readAll("[[", ["]]"]), readAll("[", ["}"])].map(({ isClosed }) => isClosed)).toEqual([
      false,
      true,
      false,
    ]);
  });

  test("leaves valid JSON as it is, cut anywhere", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
        fc.boolean(),
        fc.nat(),
        (value, isPretty, at) => {
          const whole = JSON.stringify(value, null, isPretty ? 2 : 0);
          const cut = at % (whole.length + 1);
          const expected = { text: whole.slice(cut), isClosed: true };
          expect(readAll(whole.slice(0, cut), [`${whole.slice(cut)}\n\nThat is all.`])).toEqual(expected);
          expect(readAll(whole.slice(0, cut), `${whole.slice(cut)}x`.split(""))).toEqual(expected);
        },
      ),
    );
  });

  test("repairs every bare control character in a string", () => {
    const control = fc.integer({ min: 0, max: 0x1f }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.array(fc.oneof(control, fc.constantFrom("a", "\\\\", '\\"', "\\n"))), (units) => {
        const { text } = readAll("", [`["${units.join("")}"]`]);
        const said = units.map((unit) => (unit.startsWith("\\") ? JSON.parse(`"${unit}"`) : unit)).join("");
        expect(JSON.parse(text)).toEqual([said]);
      }),
    );
  });
});
