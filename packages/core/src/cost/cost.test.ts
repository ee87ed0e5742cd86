import { describe, expect, it, test } from "vitest";
import { modelOf, read } from "../testing/requests.js";
import { estimateAnswered, estimateCost, ratesOf } from "./estimate-cost.js";
import { readCost } from "./read-cost.js";

describe("readCost", () => {
  test.each<[object, number | undefined]>([
    [{ usage: { total_tokens: 16 } }, 16],
    [{ usage: { total_tokens: 0 } }, 0],
    [{ usage: { total_tokens: 9 }, meta: { usage: { tokens_used: 16 } } }, 16],
    [{ usage: { total_tokens: 9 }, meta: { usage: { credits_used: 7, tokens_used: 16 } } }, 7],
    [{ usage: { total_tokens: 9 }, meta: { usage: { credits_used: 0 } } }, 0],
    [{ usage: { total_tokens: 9 }, meta: { usage: { credits_used: null, tokens_used: "5" } } }, 9],
    [{ usage: { total_tokens: -1 } }, undefined],
    [{ usage: { total_tokens: Number.POSITIVE_INFINITY } }, undefined],
    [{ usage: { total_tokens: "16" } }, undefined],
    [{ usage: null, meta: 5 }, undefined],
    [{}, undefined],
  ])("of %j is %s", (answer, cost) => expect(readCost(answer as Record<string, unknown>)).toBe(cost));
});

describe("rates", () => {
  it("are published ones, or what the sample call cost, or gpt-4o's", () => {
    expect(ratesOf(modelOf("gpt-4"))).toMatchObject({ input: 63, output: 126 });
    expect(ratesOf(modelOf("google/gemma-3-27b-it"))).toMatchObject({ input: 0, output: 0 });
    expect(ratesOf(undefined)).toEqual({ input: 10.5, output: 31.5 });
    expect(ratesOf(modelOf("voyage-2")).output).toBe(0);
  });
});

describe("an estimate", () => {
  const estimate = (fields: object, model = "gpt-4o", limit: number | undefined = 512) =>
    estimateCost(read("chat", { model, ...fields } as never), modelOf(model), limit);

  it("expects a usual answer, and at worst one as long as the limit allows", () => {
    const { expected, worst } = estimate({});
    expect(worst).toBeGreaterThanOrEqual(512 * 31.5);
    expect(expected).toBeGreaterThanOrEqual(150 * 31.5);
    expect(expected).toBeLessThan(worst);
    expect(estimate({}, "gpt-4o", 10).worst).toBeLessThan(500);
  });

  it("is never more than its worst", () => {
    for (const limit of [1, 100, 512, undefined]) {
      const { expected, worst } = estimate({}, "gpt-4o", limit);
      expect(expected).toBeLessThanOrEqual(worst);
    }
  });

  it("counts every answer that is asked for", () => {
    expect(estimate({ n: 4 }).worst).toBeGreaterThanOrEqual(4 * 512 * 31.5);
    expect(estimate({ n: null }).worst).toBe(estimate({}).worst);
  });

  it("counts the tools and the schema that go along: the model reads them", () => {
    const description = "word ".repeat(2_000);
    const tools = [{ type: "function", function: { name: "f", description, parameters: {} } }];
    const response_format = { type: "json_schema", json_schema: { name: "s", schema: { description } } };
    for (const fields of [{ tools }, { functions: tools }, { response_format }]) {
      // 10,000 characters are 2,500 tokens as the sandbox counts.
      expect(estimate(fields).worst - estimate({}).worst).toBeGreaterThanOrEqual(2_500 * 10.5);
    }
  });

  it("counts texts in every place", () => {
    const text = "word ".repeat(100);
    for (const content of [
      text,
      [{ type: "text", text }],
      [{ type: "tool_result", content: [{ type: "text", text }] }],
    ]) {
      const { worst } = estimate({ messages: [{ role: "user", content }] });
      expect(worst).toBeGreaterThanOrEqual(Math.floor(250 * 10.5 + 512 * 31.5));
    }
  });

  it("of an image is the documented bound, for each", () => {
    expect(estimateCost(read("image"), undefined, undefined)).toEqual({ expected: 512, worst: 512 });
    expect(estimateCost(read("image", { n: 3 }), undefined, undefined).worst).toBe(1_536);
  });

  it("of an answer without usage rises with what came, up to the worst", () => {
    const before = estimate({});
    const model = modelOf("gpt-4o");
    const at = (characters: number) => estimateAnswered(before, model, characters);
    expect(at(0)).toBe(before.expected);
    expect(at(100)).toBeGreaterThan(at(0));
    expect(at(1e9)).toBe(before.worst);
  });
});
