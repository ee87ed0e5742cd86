import { describe, expect, it } from "vitest";
import { free, listed, nearest, resold, samePage, sampled, spread } from "./price-sources.js";

describe("a price in USD per million", () => {
  it("is 2.1 API tokens per model token for each dollar, without the tail of a binary fraction", () => {
    expect(sampled(0.15, 0.6)).toMatchObject({ input: 0.315, output: 1.26 });
    expect(listed(0.13)).toMatchObject({ input: 0.273, output: 0 });
    expect(nearest(1.25, 5)).toMatchObject({ input: 2.625, output: 10.5 });
  });

  it("has another 5 % on top where the sample shows them", () => {
    expect(resold(5, 15)).toMatchObject({ input: 11.025, output: 33.075 });
  });
});

it("a sample without a public price is 8 tokens in and 10 out", () => {
  expect(spread(16, 50)).toMatchObject({ input: 2, output: 5 });
});

it("rates of another model of the page keep the figures and name that model", () => {
  expect(samePage("gpt-4", sampled(1, 2))).toEqual({
    input: 2.1,
    output: 4.2,
    evidence: expect.stringContaining("gpt-4,"),
  });
});

it("every source has evidence of its own", () => {
  const rates = [sampled(1, 2), listed(1, 2), nearest(1, 2), resold(1, 2), spread(1, 2), free, samePage("a", free)];
  expect(new Set(rates.map(({ evidence }) => evidence)).size).toBe(rates.length);
});
