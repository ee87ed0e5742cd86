import { expect, it } from "vitest";
import { createTokenCounter } from "./preset-tokens.js";

const texts = Array.from(
  { length: 500 },
  (_, index) => `${"The heron sleeps by the mill. ".repeat(20 + (index % 30))}${index}`,
);
const ratiosOf = (count: (text: string) => number) => texts.map((text) => count(text) / Math.ceil(text.length / 4));

it("differs from four characters a token by up to 15 %, both ways, and by each text's own ratio", () => {
  const ratios = ratiosOf(createTokenCounter());
  expect(Math.min(...ratios)).toBeGreaterThanOrEqual(0.85);
  expect(Math.max(...ratios)).toBeLessThanOrEqual(1.15);
  expect(Math.min(...ratios)).toBeLessThan(0.87);
  expect(Math.max(...ratios)).toBeGreaterThan(1.13);
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  expect(Math.abs(mean - 1)).toBeLessThan(0.02);
});

it("keeps within the share for the shortest texts too, of which half a token is much", () => {
  const count = createTokenCounter();
  for (let index = 0; index < 4000; index += 1) {
    const text = `${index}`.padEnd(1 + (index % 40), "x");
    const usual = Math.ceil(text.length / 4);
    expect(Math.abs(count(text) - usual)).toBeLessThanOrEqual(usual * 0.15);
  }
});

it("counts the same text the same way each time, short ones within the share too", () => {
  const count = createTokenCounter();
  for (const text of [...texts, "", "a", "Hello", "日本語のテキスト"])
    expect(count(text)).toBe(createTokenCounter()(text));
  expect(count("")).toBe(0);
  expect(count("a")).toBe(1);
});

it("counts four characters a token without a spread, and takes no senseless one", () => {
  expect(new Set(ratiosOf(createTokenCounter(0)))).toEqual(new Set([1]));
  for (const spread of [-0.1, 1, Number.NaN]) expect(() => createTokenCounter(spread)).toThrow("tokenSpread");
});
