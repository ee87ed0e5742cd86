import { describe, expect, it, test } from "vitest";
import type { Model } from "../catalog/model.js";
import { laplas } from "../providers/laplas/laplas.js";
import { modelOf } from "../testing/requests.js";
import { TOKEN_UNIT } from "./meter.js";
import { rateBasis, ratesOf } from "./rates.js";

const { unknownRates, unit } = laplas;
const { rates: _, hello: __, ...unpriced } = modelOf("gpt-4o") as Model;
const rates = { input: 1, output: 2, evidence: "a test" };
const hello = { input: 16, output: 50 };

describe("the rates of a model", () => {
  it("are its own, or else what the provider assumes of its kind", () => {
    expect(ratesOf(modelOf("gpt-4"), "chat", unknownRates)).toMatchObject({ input: 63, output: 126 });
    expect(ratesOf(undefined, "chat", unknownRates)).toEqual({ input: 10.5, output: 31.5 });
    expect(ratesOf(undefined, "embedding", unknownRates)).toEqual({ input: 0.3, output: 0 });
    expect(ratesOf({ ...unpriced, hello, rates }, "chat", unknownRates)).toBe(rates);
  });

  it("are inferred from the sample call, a message of 8 tokens and an answer of 10, where none are given", () => {
    expect(ratesOf({ ...unpriced, hello }, "chat", unknownRates)).toEqual({ input: 2, output: 5 });
  });

  it("are not 0 for prompts because a sample's prompt was rounded to that, unless all of it was free", () => {
    const at = (output: number) => ratesOf({ ...unpriced, hello: { input: 0, output } }, "chat", unknownRates);
    expect(at(13)).toEqual({ input: 0.0625, output: 1.3 });
    expect(at(0)).toEqual({ input: 0, output: 0 });
  });
});

describe("what rates rest on", () => {
  test.each<[string, Model | undefined, typeof unit, string]>([
    ["a model's own", { ...unpriced, rates }, unit, "inferred"],
    ["its sample", { ...unpriced, hello }, unit, "inferred"],
    ["nothing", unpriced, unit, "assumed"],
    ["nothing, of a model that nobody knows", undefined, unit, "assumed"],
    ["the unit, where that is tokens", undefined, TOKEN_UNIT, "inferred"],
  ])("is %s", (_name, model, costUnit, basis) => {
    expect(rateBasis(model, "chat", { unit: costUnit })).toBe(basis);
  });

  it("is nothing for images", () => {
    expect(rateBasis({ ...unpriced, rates }, "image", { unit })).toBe("assumed");
  });
});
