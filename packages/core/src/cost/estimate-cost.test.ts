import { describe, expect, it, test } from "vitest";
import type { Model } from "../catalog/model.js";
import { modelOf, read } from "../testing/requests.js";
import { estimateAnswered, estimateCost, hasKnownRates, ratesOf, shareOf } from "./estimate-cost.js";

describe("rates", () => {
  const { rates: _, hello: __, ...unpriced } = modelOf("gpt-4o") as Model;

  it("are published ones, or what the sample call cost, or gpt-4o's", () => {
    expect(ratesOf(modelOf("gpt-4"))).toMatchObject({ input: 63, output: 126 });
    expect(ratesOf(modelOf("google/gemma-3-27b-it"))).toMatchObject({ input: 0, output: 0 });
    expect(ratesOf(undefined)).toEqual({ input: 10.5, output: 31.5 });
    expect(ratesOf(modelOf("voyage-2"))).toEqual({ input: 0.3, output: 0 });
  });

  it("are inferred from the sample call, a message of 8 tokens and an answer of 10, where none are given", () => {
    const hello = { input: 16, output: 50 };
    expect(ratesOf({ ...unpriced, hello })).toEqual({ input: 2, output: 5 });
    const rates = { input: 1, output: 2, evidence: "a test" };
    expect(ratesOf({ ...unpriced, hello, rates })).toBe(rates);
    expect([{ hello }, { rates }, {}].map((prices) => hasKnownRates({ ...unpriced, ...prices }))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each([
    ["gpt-4", true],
    ["voyage-2", false],
    ["flux/dev", false],
  ])("of %s are known: %s", (name, isKnown) => {
    const model = modelOf(name);
    expect(model !== undefined && hasKnownRates(model)).toBe(isKnown);
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

  it("takes four characters for a token, at worst two", () => {
    const withText = (content: string) => estimate({ messages: [{ role: "user", content }] }, "gpt-4");
    const [short, long] = [withText(""), withText("x".repeat(400))];
    expect(long.expected - short.expected).toBe(100 * 63);
    expect(long.worst - short.worst).toBe(200 * 63);
  });

  it("counts a few tokens for each message", () => {
    const message = { role: "user", content: "" };
    const [one, three] = [1, 3].map((count) => estimate({ messages: Array(count).fill(message) }, "gpt-4").expected);
    expect((three ?? 0) - (one ?? 0)).toBe(2 * 4 * 63);
  });

  it("expects no longer an answer than the limit allows, and bounds one without a limit", () => {
    const answer = (limit: number | undefined) => {
      const { expected, worst } = estimateCost(read("chat", { model: "gpt-4" }), modelOf("gpt-4"), limit);
      const { expected: noExpected, worst: noWorst } = estimateCost(
        read("chat", { model: "gpt-4" }),
        modelOf("gpt-4"),
        0,
      );
      return [(expected - noExpected) / 126, (worst - noWorst) / 126];
    };
    expect(answer(100)).toEqual([100, 100]);
    expect(answer(150)).toEqual([150, 150]);
    expect(answer(151)).toEqual([150, 151]);
    expect(answer(undefined)).toEqual([150, 4_096]);
  });

  it("of a vector has no answer to pay for", () => {
    const request = read("embedding", { input: "x".repeat(400), n: 7 });
    expect(estimateCost(request, undefined, 512)).toEqual({ expected: Math.ceil(100 * 10.5), worst: 200 * 10.5 });
  });

  it("leaves to the server what JSON can't say", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(estimate({ tools: loop })).toEqual(estimate({}));
    expect(estimate({ tools: null, functions: "f" })).toEqual(estimate({}));
  });

  it("is never more than its worst", () => {
    for (const limit of [1, 100, 512, undefined]) {
      const { expected, worst } = estimate({}, "gpt-4o", limit);
      expect(expected).toBeLessThanOrEqual(worst);
    }
  });

  it("counts every answer that is asked for", () => {
    expect(estimate({ n: 4 }).worst).toBeGreaterThanOrEqual(4 * 512 * 31.5);
    expect(estimate({ n: 4 }, "gpt-4").expected - estimate({}, "gpt-4").expected).toBe(3 * 150 * 126);
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

  it("of an answer without usage takes two characters for a token", () => {
    const before = estimate({}, "gpt-4");
    expect(estimateAnswered(before, modelOf("gpt-4"), 21) - before.expected).toBe(10.5 * 126);
    expect(estimateAnswered({ expected: 9, worst: 5 }, modelOf("gpt-4"), 0)).toBe(9);
  });
});

test("a call in several requests shares its estimate among them, rounded up", () => {
  expect(shareOf({ expected: 10, worst: 20 }, 3)).toEqual({ expected: 4, worst: 7 });
  expect(shareOf({ expected: 10, worst: 20 }, 1)).toEqual({ expected: 10, worst: 20 });
});
