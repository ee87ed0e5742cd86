import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endToHold } from "./end-to-hold.js";

describe("endToHold", () => {
  test.each([
    ["", 0],
    ["all whole.", 0],
    ["a line\n\n  ", 4],
    [" \n", 2],
    ["cut \ufffd\ufffd", 3],
    ["half \ud83d", 2],
    ["whole \ud83d\ude00", 0],
    ["mixed\ufffd \ud83d", 3],
    ["a path C:\\", 0],
    ["\\u00", 0],
  ])("of the text %j", (text, units) => {
    expect(endToHold(text, false)).toBe(units);
  });

  test.each([
    ['{"a":"b\\', 1],
    ['{"a":"b\\\\', 0],
    ['{"a":"b\\\\\\', 1],
    ['{"a":"b\\n', 0],
    ['{"a":"\\u', 2],
    ['{"a":"\\u0', 3],
    ['{"a":"\\u00e', 5],
    ['{"a":"\\u00e9', 0],
    ['{"a":"\\\\u00e', 0],
    ['{"a":"\\ud83d', 6],
    ['{"a":"\\uD83D\\', 7],
    ['{"a":"\\ud83d\\ude', 10],
    ['{"a":"\\ud83d\\ude00', 0],
    ['{"a":"\\\\ud83d', 0],
    ['{"a":"x \\ud83d', 7],
    ['{"a":"x \\', 2],
    ['{"a": ', 1],
    ["\\", 1],
  ])("of the JSON %j", (text, units) => {
    expect(endToHold(text, true)).toBe(units);
  });

  test("leaves nothing to hold before it, and only the end of a JSON string that parses", () => {
    const unit = fc.constantFrom("\\", "u", "d", "8", "3", "e", " ", "\n", "\ufffd", "\ud83d", "\ude00", "x");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 30 }), fc.boolean(), (units, isJSON) => {
        const text = units.join("");
        const held = endToHold(text, isJSON);
        expect(endToHold(text.slice(0, text.length - held), isJSON)).toBe(0);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.boolean(), fc.nat(), (value, isASCII, at) => {
        const whole = isASCII
          ? JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          : JSON.stringify(value);
        const cut = whole.slice(0, at % whole.length);
        const shown = cut.slice(0, cut.length - endToHold(cut, true));
        const read = shown === "" ? "" : JSON.parse(`${shown}"`);
        expect(read).toBe(value.slice(0, read.length));
        expect(read.isWellFormed()).toBe(true);
      }),
    );
  });
});
