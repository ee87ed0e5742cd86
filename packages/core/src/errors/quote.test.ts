import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { quote, withoutRetryWords } from "./quote.js";

describe("quote", () => {
  test.each<[unknown, string]>([
    ["gpt-4o", '"gpt-4o"'],
    ["two\nlines\u2028three\u0000", '"two lines three "'],
    [Number.NaN, '"NaN"'],
    [5n, '"5"'],
    [undefined, '"undefined"'],
    [{ a: 1 }, '"{"a":1}"'],
    ["Rate  Limit 429 exceeded", '"… … exceeded"'],
    ["42429 9", '"42… 9"'],
  ])("%o as %s", (value, text) => expect(quote(value)).toBe(text));

  it("is short, whatever comes", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    for (const value of ["x".repeat(1e7), loop, { toJSON: () => "y".repeat(1e6) }])
      expect(quote(value).length).toBeLessThan(90);
  });

  it("keeps the words of an overflow in the one error that is one", () => {
    const text = "the context length, and a context_window; 429";
    expect(withoutRetryWords(text)).toBe("the …, and a …; …");
    expect(withoutRetryWords(text, true)).toBe("the context length, and a context_window; …");
  });

  it("leaves no word that makes a host retry, in any text", () => {
    const piece = fc.constantFrom(
      "429",
      "4",
      "2",
      "29",
      "rate",
      "limit",
      " ",
      "_",
      "-",
      "timed",
      "out",
      "time",
      "too",
      "large",
      "context",
      "length",
      "window",
      "insufficient",
      "quota",
      "\n",
      "\u200b",
      "x",
    );
    const words = /429|rate[\s_-]*limit|timed[\s_-]*out|too[\s_-]*large|context[\s_-]*length|insufficient[\s_-]*quota/i;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        expect(withoutRetryWords(pieces.join(""))).not.toMatch(words);
        expect(quote(pieces.join(""))).not.toMatch(words);
      }),
      { numRuns: 2_000 },
    );
  });
});
