import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { InputOutput } from "../catalog/model.js";
import { laplas } from "../providers/laplas/laplas.js";
import type { JsonObject, Usage } from "../request/wire-types.js";
import { chatTokens, embeddingTokens } from "./model-tokens.js";
import { LARGEST_AMOUNT, readUsage } from "./read-usage.js";

/** gpt-4o's. */
const RATES: InputOutput = { input: 10.5, output: 31.5 };

function factsOf(answer: JsonObject, more: { rates?: InputOutput | undefined; estimate?: InputOutput } = {}) {
  const { rates = RATES, estimate = { input: 40, output: 60 } } = more;
  return {
    usage: answer.usage,
    told: readUsage(answer, laplas),
    rates: "rates" in more ? more.rates : rates,
    estimate,
  };
}
const countsOf = (usage: Usage): readonly unknown[] => [
  usage.prompt_tokens,
  usage.completion_tokens,
  usage.total_tokens,
  usage.estimated ?? false,
];
const cost = (prompt_tokens: number, completion_tokens: number, more: object = {}): JsonObject => ({
  usage: { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens, ...more },
});
const raw = (usage: object): JsonObject => ({ usage, meta: { usage: { tokens_used: 500 } } });

describe("a chat's model tokens", () => {
  it("are the cost of each side by its rate", () => {
    expect(countsOf(chatTokens(factsOf(cost(1_050, 3_150))))).toEqual([100, 100, 200, false]);
    // 63 and 126 a token: 1,764 for "Hello" is 8 in and 10 out.
    expect(countsOf(chatTokens(factsOf(cost(504, 1_260), { rates: { input: 63, output: 126 } })))).toEqual([
      8,
      10,
      18,
      false,
    ]);
  });

  it("are estimated from characters where a cost below 100 hides them, as far as rounding leaves it open", () => {
    const rates = { input: 0.315, output: 1.26 };
    const counted = (input: number, output: number) =>
      countsOf(chatTokens(factsOf(cost(3, 13), { rates, estimate: { input, output } })));
    // 2.5 to 3.5 are 8 to 11 tokens, 12.5 to 13.5 are 10.
    expect(counted(9, 10)).toEqual([9, 10, 19, true]);
    expect(counted(0, 0)).toEqual([8, 10, 18, true]);
    expect(counted(1_000, 1_000)).toEqual([11, 10, 21, true]);
    expect(countsOf(chatTokens(factsOf(cost(100, 99))))).toEqual([10, 3, 13, true]);
  });

  it("are estimated where no rate is known, or the model is free", () => {
    expect(countsOf(chatTokens(factsOf(cost(1_050, 3_150), { rates: undefined })))).toEqual([40, 60, 100, true]);
    expect(countsOf(chatTokens(factsOf(cost(0, 0), { rates: { input: 0, output: 0 } })))).toEqual([40, 60, 100, true]);
  });

  it.each([undefined, null, 5, "many", [], {}, { prompt_tokens: "5" }, { total_tokens: 400 }])(
    "are estimated where usage is %j",
    (usage) => expect(countsOf(chatTokens(factsOf({ usage })))).toEqual([40, 60, 100, true]),
  );

  test.each<[string, JsonObject, InputOutput, readonly unknown[]]>([
    // 40 tokens cost 420, and 480 are 15.2 of the answer's.
    ["what the prompt leaves", { usage: { total_tokens: 900 } }, { input: 40, output: 60 }, [40, 15, 55, true]],
    [
      "thoughts that nobody saw",
      { usage: { total_tokens: 31_920 } },
      { input: 40, output: 6 },
      [40, 1_000, 1_040, true],
    ],
    ["a figure beside usage", raw({}), { input: 40, output: 60 }, [40, 3, 43, true]],
    ["a prompt that is known", raw({ prompt_tokens: 20 }), { input: 40, output: 60 }, [20, 9, 29, false]],
    ["one at least of what has text", { usage: { total_tokens: 420 } }, { input: 40, output: 60 }, [40, 1, 41, true]],
    ["none of what has none", { usage: { total_tokens: 420 } }, { input: 40, output: 0 }, [40, 0, 40, true]],
    [
      "the estimate where the prompt alone is more",
      { usage: { total_tokens: 419 } },
      { input: 40, output: 60 },
      [40, 60, 100, true],
    ],
    [
      "the estimate of a cost that is not known",
      { usage: { prompt_tokens: 420 } },
      { input: 9, output: 60 },
      [40, 60, 100, true],
    ],
  ])("are, of a whole cost, %s", (_, answer, estimate, counts) => {
    expect(countsOf(chatTokens(factsOf(answer, { estimate })))).toEqual(counts);
  });

  it("are estimated of a whole cost where answers are free or nobody knows their rate", () => {
    for (const rates of [undefined, { input: 10.5, output: 0 }]) {
      expect(countsOf(chatTokens(factsOf({ usage: { total_tokens: 900 } }, { rates })))).toEqual([40, 60, 100, true]);
    }
  });

  it("are the costs of both sides without their total", () => {
    expect(countsOf(chatTokens(factsOf({ usage: { input_tokens: 1_050, output_tokens: 3_150 } })))).toEqual([
      100,
      100,
      200,
      false,
    ]);
  });

  it("are as they came where usage counts them", () => {
    const usage = { prompt_tokens: 1_050, completion_tokens: 3_150, total_tokens: 4_200 };
    for (const answer of [raw(usage), { usage: { ...usage, api_tokens: 9 } }]) {
      expect(countsOf(chatTokens(factsOf(answer)))).toEqual([1_050, 3_150, 4_200, false]);
    }
    const gateway = { usage: { ...usage, api_tokens: 9, estimated: true } };
    expect(chatTokens(factsOf(gateway)).estimated).toBe(true);
  });

  test.each<[string, object, readonly unknown[]]>([
    ["newer names", { input_tokens: 5, output_tokens: 7 }, [5, 7, 12, false]],
    ["no prompt", { completion_tokens: 7, total_tokens: 12 }, [5, 7, 12, false]],
    ["no answer", { prompt_tokens: 5, total_tokens: 12 }, [5, 7, 12, false]],
    ["a total alone", { total_tokens: 90 }, [40, 50, 90, true]],
    ["a total below the estimate", { total_tokens: 9 }, [9, 0, 9, true]],
    ["thoughts in the total alone", { prompt_tokens: 5, completion_tokens: 7, total_tokens: 30 }, [5, 25, 30, false]],
    ["a total below its parts", { prompt_tokens: 5, completion_tokens: 7, total_tokens: 6 }, [5, 7, 12, false]],
    ["fractions", { prompt_tokens: 5.4, completion_tokens: 7.4, total_tokens: 12.8 }, [5, 8, 13, false]],
  ])("that came with %s", (_, usage, counts) => expect(countsOf(chatTokens(factsOf(raw(usage))))).toEqual(counts));

  it("have details that are raw in every answer, and no larger than their totals", () => {
    const details = {
      prompt_tokens_details: { cached_tokens: 140, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 150, accepted_prediction_tokens: 2 },
    };
    expect(chatTokens(factsOf(cost(1_050, 3_150, details)))).toEqual({
      prompt_tokens: 140,
      completion_tokens: 150,
      total_tokens: 290,
      ...details,
    });
  });

  it("are held up by details that count tokens, and by no other figure beside them", () => {
    const came = {
      prompt_tokens_details: { cached_tokens: 1.6, audio_tokens: 1e308, cache_cost: 0.35, text_tokens: -1 },
      completion_tokens_details: { reasoning_tokens: -4, image_tokens: Number.NaN, latency_ms: 9_000, note: "x" },
    };
    const most = LARGEST_AMOUNT;
    expect(chatTokens(factsOf(raw({ prompt_tokens: 5, completion_tokens: 7, ...came })))).toEqual({
      prompt_tokens: most,
      completion_tokens: 7,
      total_tokens: most + 7,
      prompt_tokens_details: { cached_tokens: 2, audio_tokens: most, cache_cost: 0.35 },
      completion_tokens_details: { reasoning_tokens: 0, latency_ms: 9_000, note: "x" },
    });
  });

  it("have both details whatever came, and keep what else did", () => {
    const usage = {
      total_tokens: 9,
      prompt_tokens_details: null,
      completion_tokens_details: { reasoning_tokens: "x" },
    };
    expect(chatTokens(factsOf(raw({ ...usage, cost_in_cents: 0.5 })))).toMatchObject({
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
      cost_in_cents: 0.5,
    });
  });

  const figure = fc.oneof(
    fc.nat(200_000),
    fc.double({ min: 0, max: 1e6, noNaN: true }),
    fc.double(),
    fc.constantFrom(undefined, null, -1, "7", Number.NaN, 1e308, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 53),
  );
  const anyName = fc.oneof(
    fc.string(),
    fc.constantFrom("prompt_tokens", "completion_tokens", "input_tokens", "output_tokens", "total_tokens"),
    fc.constantFrom("prompt_tokens_details", "completion_tokens_details", "cached_tokens", "reasoning_tokens"),
    fc.string().map((name) => `${name}_tokens`),
  );
  const anyUsage = fc.oneof(
    fc.constantFrom(undefined, null, 7, "x", []),
    fc.record(
      {
        prompt_tokens: figure,
        completion_tokens: figure,
        total_tokens: figure,
        api_tokens: figure,
        prompt_tokens_details: fc.option(fc.record({ cached_tokens: figure, audio_tokens: figure })),
        completion_tokens_details: fc.option(fc.record({ reasoning_tokens: figure })),
      },
      { requiredKeys: [] },
    ),
    fc.dictionary(anyName, fc.oneof(figure, fc.dictionary(anyName, figure), fc.anything())),
  );
  const rate = fc.constantFrom(0, 1e-300, 0.21, 0.315, 1, 1.26, 10.5, 63, 126);
  const anyRates = fc.option(fc.record({ input: rate, output: rate }), { nil: undefined });
  const amounts = fc.record({ input: fc.double({ min: 0, max: 1e5, noNaN: true }), output: fc.nat(10_000) });

  it("are five whole numbers that fit each other, whatever came", () => {
    fc.assert(
      fc.property(anyUsage, fc.boolean(), anyRates, amounts, (usage, hasMeta, rates, estimate) => {
        const answer = hasMeta ? raw(usage as object) : { usage };
        const counted = chatTokens(factsOf(answer, { rates, estimate }));
        const { prompt_tokens: prompt = -1, completion_tokens: completion = -1, total_tokens: total } = counted;
        const { cached_tokens: cached } = counted.prompt_tokens_details as { cached_tokens: number };
        const { reasoning_tokens: reasoning } = counted.completion_tokens_details as { reasoning_tokens: number };
        for (const count of [prompt, completion, total, cached, reasoning]) {
          expect(Number.isSafeInteger(count) && Number(count) >= 0).toBe(true);
        }
        expect(total).toBe(prompt + completion);
        expect(cached).toBeLessThanOrEqual(prompt);
        expect(reasoning).toBeLessThanOrEqual(completion);
        // Once more through another gateway changes nothing.
        const again = { usage: { ...counted, api_tokens: 3 } };
        expect(countsOf(chatTokens(factsOf(again, { rates: undefined })))).toEqual(countsOf(counted));
      }),
      { numRuns: 1_000 },
    );
  });

  it("cost what was charged, to the rounding, wherever the rates are right", () => {
    const paid = rate.filter((each) => each > 0);
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(5_000), paid, paid, amounts, (prompt, completion, input, output, estimate) => {
        const answer = cost(Math.round(prompt * input), Math.round(completion * output));
        const counted = chatTokens(factsOf(answer, { rates: { input, output }, estimate }));
        for (const [tokens = -1, each, charged] of [
          [counted.prompt_tokens, input, Math.round(prompt * input)],
          [counted.completion_tokens, output, Math.round(completion * output)],
        ] as const) {
          // Half a unit of the cost by rounding it, half a token by rounding the count.
          const slack = charged < 100 && each <= 1 ? 0.5 : 0.5 + each / 2;
          expect(Math.abs(tokens * each - charged)).toBeLessThanOrEqual(slack + 1e-6);
        }
        const isHidden = Math.round(prompt * input) < 100 || Math.round(completion * output) < 100;
        expect(counted.estimated ?? false).toBe(isHidden);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("an embedding's model tokens", () => {
  const rates = { input: 0.042, output: 0 };

  test.each<[string, JsonObject, number, boolean]>([
    ["its cost by its rate", { usage: { prompt_tokens: 420, total_tokens: 420 } }, 10_000, false],
    ["its cost where only the total came", { usage: { total_tokens: 420 } }, 10_000, false],
    ["the estimate, held by a cost that is small", { usage: { total_tokens: 1 } }, 35, true],
    ["the estimate", {}, 40, true],
    ["its cost where that stands beside usage", { usage: {}, meta: { usage: { credits_used: 420 } } }, 10_000, false],
    ["as it came", raw({ prompt_tokens: 9, total_tokens: 9 }), 9, false],
    ["as it came, where only the total did", raw({ total_tokens: 9 }), 9, false],
  ])("are %s", (_, answer, tokens, estimated) => {
    const estimate = { input: 40, output: 0 };
    const facts = factsOf(answer, { rates, estimate: tokens === 35 ? { input: 500, output: 0 } : estimate });
    expect(embeddingTokens(facts)).toEqual({
      prompt_tokens: tokens,
      total_tokens: tokens,
      ...(estimated ? { estimated: true } : {}),
    });
  });
});
