import { describe, expect, it, test } from "vitest";
import { laplas } from "../providers/laplas/laplas.js";
import { useOf } from "../testing/call.js";
import { modelOf, read } from "../testing/requests.js";
import {
  answerRoom,
  type CostEstimate,
  estimateAnswered,
  estimateCost as estimateBy,
  shareOf,
} from "./estimate-cost.js";
import { TOKEN_UNIT, type TokenMeter } from "./meter.js";

const { unknownRates } = laplas;
const estimateCost = (
  ...[request, model, limit]: Parameters<typeof estimateBy> extends [...infer Three, unknown] ? Three : never
) => estimateBy(request, model, limit, laplas);
/** Not the sample call, whose cost is published. */
const PROMPT = [{ role: "user", content: "Why?" }];

/** The API tokens of an estimate. */
function costs({ expected, worst }: CostEstimate): { expected: number; worst: number } {
  return { expected: expected.credits, worst: worst.credits };
}

describe("an estimate", () => {
  const estimate = (fields: object, model = "gpt-4o", limit: number | undefined = 512) =>
    estimateCost(read("chat", { model, messages: PROMPT, ...fields } as never), modelOf(model), limit);

  it("expects a usual answer, and at worst one as long as the limit allows", () => {
    const { expected, worst } = costs(estimate({}));
    expect(worst).toBeGreaterThanOrEqual(512 * 31.5);
    expect(expected).toBeGreaterThanOrEqual(150 * 31.5);
    expect(expected).toBeLessThan(worst);
    expect(estimate({}, "gpt-4o", 10).worst.credits).toBeLessThan(500);
  });

  it("takes four characters for a token, at worst two", () => {
    const withText = (content: string) => estimate({ messages: [{ role: "user", content }] }, "gpt-4");
    const [short, long] = [withText(""), withText("x".repeat(400))];
    expect(long.expected.credits - short.expected.credits).toBe(100 * 63);
    expect(long.worst.credits - short.worst.credits).toBe(200 * 63);
  });

  it("counts a few tokens for each message", () => {
    const message = { role: "user", content: "" };
    const [one, three] = [1, 3].map(
      (count) => estimate({ messages: Array(count).fill(message) }, "gpt-4").expected.credits,
    );
    expect((three ?? 0) - (one ?? 0)).toBe(2 * 4 * 63);
  });

  it("expects no longer an answer than the limit allows, and bounds one without a limit", () => {
    const answer = (limit: number | undefined) => {
      const at = (length: number | undefined) =>
        costs(estimateCost(read("chat", { model: "gpt-4", messages: PROMPT }), modelOf("gpt-4"), length));
      const { expected, worst } = at(limit);
      const { expected: noExpected, worst: noWorst } = at(0);
      return [(expected - noExpected) / 126, (worst - noWorst) / 126];
    };
    expect(answer(100)).toEqual([100, 100]);
    expect(answer(150)).toEqual([150, 150]);
    expect(answer(151)).toEqual([150, 151]);
    expect(answer(undefined)).toEqual([150, 4_096]);
  });

  it("of a vector has no answer to pay for", () => {
    const request = read("embedding", { input: "x".repeat(400), n: 7 });
    expect(costs(estimateCost(request, undefined, 512))).toEqual({
      expected: 100 * 0.3,
      worst: 200 * 0.3,
    });
  });

  it("leaves to the server what JSON can't say", () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(estimate({ tools: loop })).toEqual(estimate({}));
    expect(estimate({ tools: null, functions: "f" })).toEqual(estimate({}));
  });

  it("is never more than its worst", () => {
    for (const limit of [1, 100, 512, undefined]) {
      const { expected, worst } = costs(estimate({}, "gpt-4o", limit));
      expect(expected).toBeLessThanOrEqual(worst);
    }
  });

  it("counts every answer that is asked for", () => {
    expect(estimate({ n: 4 }).worst.credits).toBeGreaterThanOrEqual(4 * 512 * 31.5);
    expect(estimate({ n: 4 }, "gpt-4").expected.credits - estimate({}, "gpt-4").expected.credits).toBe(3 * 150 * 126);
    expect(estimate({ n: null }).worst).toEqual(estimate({}).worst);
  });

  it("counts the tools and the schema that go along: the model reads them", () => {
    const description = "word ".repeat(2_000);
    const tools = [{ type: "function", function: { name: "f", description, parameters: {} } }];
    const response_format = { type: "json_schema", json_schema: { name: "s", schema: { description } } };
    for (const fields of [{ tools }, { functions: tools }, { response_format }]) {
      // 10,000 characters are 2,500 tokens as the sandbox counts.
      expect(estimate(fields).worst.credits - estimate({}).worst.credits).toBeGreaterThanOrEqual(2_500 * 10.5);
    }
  });

  it("counts what a function was called with, in newer words and in older ones", () => {
    const called = { name: "f", arguments: "word ".repeat(2_000) };
    const least = estimate({}).worst.credits + 2_500 * 10.5;
    for (const fields of [
      { function_call: called },
      { tool_calls: [{ id: "1", type: "function", function: called }] },
    ]) {
      const messages = [
        { role: "user", content: "Hello" },
        { role: "assistant", content: null, ...fields },
      ];
      expect(estimate({ messages }).worst.credits).toBeGreaterThanOrEqual(least);
    }
  });

  it("counts texts in every place", () => {
    const text = "word ".repeat(100);
    for (const content of [
      text,
      [{ type: "text", text }],
      [{ type: "tool_result", content: [{ type: "text", text }] }],
    ]) {
      const { worst } = costs(estimate({ messages: [{ role: "user", content }] }));
      expect(worst).toBeGreaterThanOrEqual(Math.floor(250 * 10.5 + 512 * 31.5));
    }
  });

  it("counts the tokens of the prompt and of the answer, and both together", () => {
    const { expected, worst } = estimate({ messages: [{ role: "user", content: "x".repeat(42) }], n: 2 }, "gpt-4", 512);
    expect(expected).toEqual(
      useOf(Math.ceil(14.5 * 63 + 300 * 126), { tokens: 315, inputTokens: 15, outputTokens: 300 }),
    );
    expect(worst).toEqual(useOf(25 * 63 + 1_024 * 126, { tokens: 1_049, inputTokens: 25, outputTokens: 1_024 }));
  });

  it("of an image is the documented bound, for each", () => {
    expect(costs(estimateCost(read("image"), undefined, undefined))).toEqual({ expected: 512, worst: 512 });
    expect(estimateCost(read("image", { n: 3 }), undefined, undefined).worst.credits).toBe(1_536);
  });

  it("of an answer without usage rises with what came, up to the worst", () => {
    const before = estimate({});
    const at = (characters: number) => estimateAnswered(before, characters).credits;
    expect(at(0)).toBe(before.expected.credits);
    expect(at(100)).toBeGreaterThan(at(0));
    expect(at(1e9)).toBe(before.worst.credits);
  });

  it("of an answer without usage takes two characters for a token", () => {
    const before = estimate({}, "gpt-4");
    const { credits, tokens, inputTokens, outputTokens } = estimateAnswered(before, 20);
    expect(credits - before.expected.credits).toBe(10 * 126);
    const { expected } = before;
    expect([tokens - expected.tokens, outputTokens - expected.outputTokens]).toEqual([10, 10]);
    expect(inputTokens).toBe(expected.inputTokens);
    expect(estimateAnswered({ expected: useOf(9), worst: useOf(5) }, 0)).toEqual(useOf(9));
  });
});

describe("an estimate of the sample call", () => {
  const sample = (model: string, fields: object = {}, limit: number | undefined = 512) =>
    estimateCost(read("chat", { model, ...fields }), modelOf(model), limit);

  test.each([
    ["gpt-4", 1_764],
    ["gpt-4o-mini", 16],
    ["o1-preview", 52_070],
    ["google/gemma-3-27b-it", 0],
  ])("of %s is what was published for it: %i", (model, cost) => {
    expect(sample(model)).toMatchObject({ expected: { credits: cost, inputTokens: 8 }, basis: "published" });
  });

  it("expects as short an answer of a model without a published cost: 8 tokens in, 10 out", () => {
    const { expected, basis } = sample("gpt-4o");
    expect([expected, basis]).toEqual([
      useOf(8 * 10.5 + 10 * 31.5, { tokens: 18, inputTokens: 8, outputTokens: 10 }),
      "inferred",
    ]);
  });

  it("is cut where the answer is", () => {
    expect(sample("gpt-4", {}, 4)).toMatchObject({ expected: { credits: 8 * 63 + 4 * 126 }, basis: "inferred" });
    expect(sample("gpt-4", {}, 1).worst.credits).toBeGreaterThanOrEqual(sample("gpt-4", {}, 1).expected.credits);
  });

  test.each<[string, object]>([
    ["another text", { messages: [{ role: "user", content: "Hello!" }] }],
    ["another role", { messages: [{ role: "system", content: "Hello" }] }],
    ["more messages", { messages: Array(2).fill({ role: "user", content: "Hello" }) }],
    ["several answers", { n: 2 }],
    ["tools", { tools: [] }],
  ])("is of that call alone, and not of %s", (_, fields) => {
    expect(sample("gpt-4", fields).expected.outputTokens).toBeGreaterThanOrEqual(150);
  });
});

describe("what an estimate rests on", () => {
  const basisOf = (endpoint: "chat" | "embedding" | "image", model: string) =>
    estimateCost(read(endpoint, { model, ...(endpoint === "chat" ? { messages: PROMPT } : {}) }), modelOf(model), 512)
      .basis;

  test.each([
    ["chat", "gpt-4", "inferred"],
    ["chat", "my/model", "assumed"],
    ["image", "flux/dev", "assumed"],
  ] as const)("for %s with %s: %s", (endpoint, model, basis) => expect(basisOf(endpoint, model)).toBe(basis));
});

describe("a provider that counts tokens", () => {
  const rates = { chat: { input: 1, output: 1 }, embedding: { input: 1, output: 0 }, image: 1 };
  const provider = { unit: TOKEN_UNIT, unknownRates: rates };

  it("takes 1 for each, of a model that nobody knows too", () => {
    const { expected, worst, basis } = estimateBy(read("chat", { messages: PROMPT }), undefined, 512, provider);
    expect([expected.credits, worst.credits, basis]).toEqual([expected.tokens, worst.tokens, "inferred"]);
    const request = read("embedding", { input: "x".repeat(400) });
    expect(estimateBy(request, undefined, undefined, provider).expected.credits).toBe(100);
  });

  it("takes its own figure for an image", () => {
    expect(estimateBy(read("image", { n: 3 }), undefined, undefined, provider).expected.credits).toBe(3);
  });
});

test("a call in several requests shares its estimate among them, rounded up", () => {
  const whole = { expected: useOf(10, { tokens: 1 }), worst: useOf(20, { tokens: 6 }) };
  expect(shareOf(whole, 3)).toEqual({ expected: useOf(4, { tokens: 1 }), worst: useOf(7, { tokens: 2 }) });
  expect(shareOf(whole, 1)).toEqual(whole);
});

describe("the room for an answer", () => {
  const room = (meter: TokenMeter, limit: number, fields: object = {}, model = "gpt-4") =>
    answerRoom(
      read("chat", { model, messages: [{ role: "user", content: "x".repeat(43) }], ...fields }),
      modelOf(model),
      { meter, limit, unknownRates },
    );

  test.each<[TokenMeter, number, object, number]>([
    ["tokens", 126, {}, 100],
    ["tokens", 126, { n: 3 }, 33],
    ["tokens", 26, {}, 0],
    ["tokens", 25, {}, -1],
    ["outputTokens", 100, {}, 100],
    ["outputTokens", 100, { n: 8 }, 12],
    ["inputTokens", 26, {}, Number.POSITIVE_INFINITY],
    ["inputTokens", 25, {}, -1],
  ])("in %s, of which there are %i, for a prompt of at most 26 with %o is %d", (meter, limit, fields, expected) => {
    expect(room(meter, limit, fields)).toBe(expected);
  });

  it("is what the estimate calls the worst, to the last token", () => {
    for (const model of ["gpt-4", "gpt-4o-mini"]) {
      for (const limit of [5_000, 5_001, 5_100, 123_457]) {
        const request = read("chat", { model, n: 3 });
        const longest = answerRoom(request, modelOf(model), { meter: "credits", limit, unknownRates });
        const worst = (length: number) => estimateCost(request, modelOf(model), length).worst.credits;
        expect(worst(longest)).toBeLessThanOrEqual(limit);
        expect(worst(longest + 1)).toBeGreaterThan(limit - 1);
      }
    }
  });

  it("has no end where an answer costs nothing", () => {
    expect(room("credits", 1, {}, "google/gemma-3-27b-it")).toBe(Number.POSITIVE_INFINITY);
  });
});
