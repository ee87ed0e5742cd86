import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findAnchor } from "./find-anchor.js";

const SENTENCES = Array.from(
  { length: 40 },
  (_, n) => `Sentence ${n + 1} tells of the ${n * 7 + 3} ships in the harbor.`,
);

function timesIn(text: string, part: string): number {
  let times = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) times++;
  return times;
}

describe("findAnchor", () => {
  test("begins at a word, with at least 24 units", () => {
    expect(findAnchor("The quick brown fox jumps over the lazy dog and runs away")).toBe("the lazy dog and runs away");
    expect(findAnchor(`${SENTENCES.slice(0, 5).join(" ")} The quick brown fo`)).toBe("harbor. The quick brown fo");
  });

  test("grows until it stands once", () => {
    const text = `The cat sat on the mat beside the door. A dog came. The cat sat on the mat beside the door`;
    expect(findAnchor(text)).toBe(". The cat sat on the mat beside the door");
  });

  test("is the whole of a short text, without the white space it begins with", () => {
    expect(findAnchor("Hello there")).toBe("Hello there");
    expect(findAnchor("\n\nHello there")).toBe("Hello there");
  });

  test.each([
    ["nothing", ""],
    ["white space", " \n "],
    ["a loop", "ha ".repeat(200).trim()],
    ["a loop after a beginning", `He said: ${"ha ".repeat(200).trim()}`],
    // Its longest ends stand once in it, but going on in the same way says them again.
    ["a short loop", "ha ".repeat(10).trim()],
    ["two rows in turn", "| one | two | three |\n| four | five | six |\n".repeat(12).trim()],
    ["one character", "a".repeat(500)],
    ["a very short loop", "haha"],
  ])("finds none in %s", (_, text) => {
    expect(findAnchor(text)).toBeUndefined();
  });

  test("of a short loop takes what stands before it along", () => {
    expect(findAnchor(`The clown laughed: ${"ha ".repeat(10).trim()}`)).toBe(`: ${"ha ".repeat(10).trim()}`);
  });

  test("any character will do in Chinese, Japanese and Korean", () => {
    const text = "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜";
    expect(findAnchor(text)).toBe(text.slice(-24));
  });

  test("begins beside punctuation in compact JSON", () => {
    expect(findAnchor('{"items":[{"id":1,"name":"bolt"},{"id":2,"name":"screw"},{"id":3,"na')).toBe(
      'name":"screw"},{"id":3,"na',
    );
  });

  test("begins anywhere where no word starts within 240 units", () => {
    const bytes = Array.from({ length: 900 }, (_, n) => ((n * 7919) % 100_003).toString(36)).join("");
    expect(findAnchor(bytes)).toBe(bytes.slice(-24));
  });

  test("does not begin inside a surrogate pair, at a combining mark or behind a joiner", () => {
    const text = `one two ${"👩‍👩‍👧‍👦"} e\u0301e\u0301 three 😀 four`;
    for (let cut = 24; cut <= text.length; cut++) {
      const anchor = findAnchor(text.slice(0, cut)) ?? "x";
      expect(text.slice(0, cut - anchor.length)).not.toMatch(/\u200d$/);
      expect(anchor).not.toMatch(/^(?:[\udc00-\udfff\s]|\u0301|\u200d)/);
    }
  });

  test("does not begin where the text went on like this after the same words before", () => {
    expect(findAnchor("It was Monday and then it rained\nSo now and then it rained")).toBe(
      "rained\nSo now and then it rained",
    );
  });

  test("keeps what it promises for any text", () => {
    const words = fc.array(
      fc.constantFrom("ha ", "the cat ", "\n", "漢字", "😀", "| x | y |\n", "{", '"a":1,', "e\u0301"),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          words.map((parts) => parts.join("")),
          fc.string({ unit: "binary", maxLength: 300 }),
        ),
        (text) => {
          const anchor = findAnchor(text);
          if (anchor === undefined) return;
          expect(text.endsWith(anchor)).toBe(true);
          expect(anchor).toMatch(/^\S/);
          expect(anchor.length).toBeLessThanOrEqual(240);
          expect(timesIn(text, anchor)).toBe(1);
          expect(anchor.length >= 24 || anchor === text.trimStart()).toBe(true);
          for (let period = 1; period * 2 <= anchor.length; period++) {
            expect(anchor.slice(period)).not.toBe(anchor.slice(0, -period));
          }
        },
      ),
    );
  });
});
