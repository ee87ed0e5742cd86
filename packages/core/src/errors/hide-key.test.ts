import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { hideKey, holdsKey } from "./hide-key.js";

const KEY = "k3f9a7c51e2d84b06+/x=";

describe("hideKey", () => {
  test.each([
    [`Bad key ${KEY}.`, "Bad key [key]."],
    [`${KEY}${KEY}`, "[key]"],
    [`${KEY} ${KEY}`, "[key] [key]"],
    ["cut: k3f9a7c5", "cut: [key]"],
    ["cut: 84b06+/x=, and", "cut: [key], and"],
    ["masked: k3f9a7c51e...e2d84b06+", "masked: [key]...[key]"],
    ["seven: k3f9a7c", "seven: k3f9a7c"],
    [`at ?key=${encodeURIComponent(KEY)}&x`, "at ?key=[key]&x"],
    [`in capitals: ${KEY.toUpperCase()}!`, "in capitals: [key]!"],
    [`mixed and cut: ${KEY.slice(0, 9).toUpperCase()}${KEY.slice(9, 14)}`, "mixed and cut: [key]"],
    [`İİ ${KEY.toUpperCase()} İ`, "İİ [key] İ"],
    ["", ""],
  ])("makes of %j: %j", (text, shown) => {
    expect(hideKey(text, KEY)).toBe(shown);
    expect(holdsKey(text, KEY)).toBe(text !== shown);
  });

  it("finds a key of many marks in an address, whichever digits its escapes have", () => {
    const key = "ab+cd/ef=gh+ij";
    expect(hideKey("at ?key=ab%2Bcd%2Fef%3Dgh%2Bij&x", key)).toBe("at ?key=[key]&x");
    expect(hideKey("at ?key=ab%2bcd%2fef%3dgh%2bij&x", key)).toBe("at ?key=[key]&x");
  });

  it("looks for a short key as a whole, and not for what is too short to be one", () => {
    expect(hideKey("a secret of secre", "secret")).toBe("a [key] of secre");
    expect(hideKey("a Secret", "secret")).toBe("a [key]");
    expect(hideKey("a test of keys", "tests")).toBe("a test of keys");
    expect(hideKey("any", "")).toBe("any");
  });

  it("gets through a long text and a long key", () => {
    const key = Array.from({ length: 4_000 }, (_, index) => String.fromCharCode(97 + ((index * index) % 23))).join("");
    expect(hideKey(`${"x".repeat(64_000)}${key}`, key)).toBe(`${"x".repeat(64_000)}[key]`);
  });

  it("leaves no eight characters of the key, wherever it stands and is cut", () => {
    const ascii = fc.string({ unit: fc.integer({ min: 33, max: 126 }).map((code) => String.fromCharCode(code)) });
    const key = fc.array(fc.constantFrom(..."abcXYZ0189-_+/="), { minLength: 8, maxLength: 60 });
    fc.assert(
      fc.property(key, ascii, ascii, fc.nat(60), fc.nat(60), (letters, before, after, from, to) => {
        const apiKey = letters.join("");
        const said = before + apiKey.slice(from, to) + after + apiKey;
        for (const text of [said, said.toUpperCase(), said.toLowerCase()]) {
          const shown = hideKey(text, apiKey).toLowerCase();
          for (let at = 0; at + 8 <= apiKey.length; at += 1)
            expect(shown).not.toContain(apiKey.slice(at, at + 8).toLowerCase());
        }
      }),
    );
  });
});
