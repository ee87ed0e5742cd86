import { describe, expect, test } from "vitest";
import type { CostPath } from "../provider/provider.js";
import { laplas } from "../providers/laplas/laplas.js";
import { TOKEN_UNIT } from "./meter.js";
import { LARGEST_AMOUNT, readUsage, type ToldUse, type UsageCounts } from "./read-usage.js";

const read = (answer: object, provider: Parameters<typeof readUsage>[1] = laplas) =>
  readUsage(answer as Record<string, unknown>, provider);

describe("at laplas", () => {
  test.each<[object, number | undefined, UsageCounts]>([
    [{ usage: { total_tokens: 16 } }, 16, "cost"],
    [{ usage: { total_tokens: 0 } }, 0, "cost"],
    [{ usage: { total_tokens: 9 }, meta: { usage: { tokens_used: 16 } } }, 16, "tokens"],
    [{ usage: { total_tokens: 9 }, meta: { usage: { credits_used: 7, tokens_used: 16 } } }, 7, "tokens"],
    [{ usage: { total_tokens: 9 }, meta: { usage: { credits_used: 0 } } }, 0, "tokens"],
    [{ usage: { total_tokens: 9 }, meta: { usage: { credits_used: null, tokens_used: "5" } } }, 9, "cost"],
    // A gateway of this package says both; what its upstream said stands there still.
    [{ usage: { total_tokens: 9, api_tokens: 16 } }, 16, "tokens"],
    [{ usage: { total_tokens: 9, api_tokens: 0 }, meta: { usage: { credits_used: 7 } } }, 0, "tokens"],
    [{ usage: { total_tokens: 9, api_tokens: null } }, 9, "cost"],
    [{ usage: { total_tokens: -1 } }, undefined, "cost"],
    [{ usage: { total_tokens: Number.POSITIVE_INFINITY } }, undefined, "cost"],
    [{ usage: { total_tokens: "16" } }, undefined, "cost"],
    // Without a total the sides are it.
    [{ usage: { prompt_tokens: 5, completion_tokens: 7 } }, 12, "cost"],
    [{ usage: { input_tokens: 5, output_tokens: 7 } }, 12, "cost"],
    [{ usage: { prompt_tokens: 5 } }, undefined, "cost"],
    [{ usage: { prompt_tokens: 5, completion_tokens: -7 } }, undefined, "cost"],
    [{ usage: { total_tokens: 1e308 } }, LARGEST_AMOUNT, "cost"],
    [{ usage: { prompt_tokens: 1e308, completion_tokens: 1e308 } }, 2 * LARGEST_AMOUNT, "cost"],
    [{ usage: null, meta: 5 }, undefined, "cost"],
    [{ usage: [5] }, undefined, "cost"],
    [{}, undefined, "cost"],
  ])("%j costs %s, and its usage counts %s", (answer, cost, counts) => {
    const told = read(answer);
    expect([told.use.credits, told.counts]).toEqual([cost, counts]);
  });

  const meta = { usage: { tokens_used: 16 } };

  test.each<[object, ToldUse]>([
    // Without a cost of its own `usage` is the cost, and says nothing of model tokens.
    [{ usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }, { credits: 12 }],
    [
      { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }, meta },
      { credits: 16, tokens: 12, inputTokens: 5, outputTokens: 7 },
    ],
    [
      { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12, api_tokens: 30 } },
      { credits: 30, tokens: 12, inputTokens: 5, outputTokens: 7 },
    ],
    [
      { usage: { input_tokens: 5, output_tokens: 0 }, meta: { usage: { credits_used: 0 } } },
      { credits: 0, tokens: 5, inputTokens: 5, outputTokens: 0 },
    ],
    [
      { usage: { total_tokens: 9 }, meta },
      { credits: 16, tokens: 9 },
    ],
    [
      { usage: { prompt_tokens: 9 }, meta },
      { credits: 16, inputTokens: 9 },
    ],
    [
      { usage: { total_tokens: 40 }, meta: { usage: { prompt_tokens: 4, completion_tokens: 6 } } },
      { credits: 40, tokens: 10, inputTokens: 4, outputTokens: 6 },
    ],
    [{ usage: { prompt_tokens: "5", completion_tokens: -1, total_tokens: null }, meta }, { credits: 16 }],
    [{ usage: null, meta: { usage: 5 } }, {}],
    [{}, {}],
  ])("%j says %j", (answer, use) => expect(read(answer).use).toEqual(use));
});

describe("at a provider that counts model tokens", () => {
  const costPaths: readonly CostPath[] = [{ path: "usage.total_tokens", usageCounts: "tokens" }];

  test.each<[object, ToldUse]>([
    [
      { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 13 } },
      { credits: 13, tokens: 13, inputTokens: 5, outputTokens: 7 },
    ],
    [
      { usage: { prompt_tokens: 5, completion_tokens: 7 } },
      { credits: 12, tokens: 12, inputTokens: 5, outputTokens: 7 },
    ],
    [{ usage: { prompt_tokens: 5 } }, { inputTokens: 5 }],
    // Fields of another provider say nothing here.
    [
      { usage: { total_tokens: 4, api_tokens: 90 }, meta: { usage: { credits_used: 80 } } },
      { credits: 4, tokens: 4 },
    ],
    [{}, {}],
  ])("%j says %j", (answer, use) => {
    expect(read(answer, { costPaths, unit: TOKEN_UNIT })).toEqual({ use, counts: "tokens" });
  });
});

test("a provider's own place is a path of names", () => {
  const provider = {
    unit: { name: "neurons", field: "credits" },
    costPaths: [{ path: "result.cost.neurons", usageCounts: "tokens" }],
  } as const;
  const answer = { usage: { total_tokens: 9 }, result: { cost: { neurons: 2.5 } } };
  expect(read(answer, provider)).toEqual({ use: { credits: 2.5, tokens: 9 }, counts: "tokens" });
  expect(read({ usage: { total_tokens: 9 } }, provider).use).toEqual({ tokens: 9 });
  expect(read({ result: { cost: "constructor" } }, provider).use).toEqual({});
});
