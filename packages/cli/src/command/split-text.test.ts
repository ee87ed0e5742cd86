import fc from "fast-check";
import { expect, it, test } from "vitest";
import { splitText } from "./split-text.js";

const pieces = (text: string, most: number): string[] => splitText({ id: "a", text }, most).map((piece) => piece.text);

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
