import { describe, expect, it, test } from "vitest";
import { tokensBeyond } from "./least-tokens.js";

describe("the tokens that texts have at least", () => {
  test.each<[string, string[], number, number | undefined]>([
    ["8 characters for a token, where a part of one is none", [`${"ab".repeat(403)}c`], 100, undefined],
    ["and one more", ["ab".repeat(404)], 100, 101],
    ["of all texts together", ["ab".repeat(200), "cd".repeat(200), "efghijkl"], 100, 101],
    ["a run of 16 as one character", ["-".repeat(16 * 807)], 100, undefined],
    ["a longer one", ["-".repeat(16 * 808)], 100, 101],
    ["a run of 15 as it is", ["-".repeat(15).concat("x").repeat(51)], 100, 102],
    ["runs between words", [`word ${" ".repeat(100_000)}word`], 1_000, undefined],
    ["nothing", [], 0, undefined],
  ])("%s", (_, texts, limit, tokens) => expect(tokensBeyond(texts, limit)).toBe(tokens));

  it("are found without reading a text that can't be too long", () => {
    const unread = { length: 807 } as unknown as string;
    expect(tokensBeyond([unread], 100)).toBeUndefined();
    expect(() => tokensBeyond([unread], 99)).toThrow();
  });
});
