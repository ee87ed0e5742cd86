import { describe, expect, test } from "vitest";
import { readCost, readUse, type ToldUse } from "./read-cost.js";

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

describe("readUse", () => {
  const meta = { usage: { tokens_used: 16 } };

  test.each<[object, ToldUse]>([
    // Without a cost of its own `usage` is the cost, and says nothing of model tokens.
    [{ usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 } }, { credits: 12 }],
    [
      { usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }, meta },
      { credits: 16, tokens: 12, inputTokens: 5, outputTokens: 7 },
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
  ])("of %j is %j", (answer, use) => expect(readUse(answer as Record<string, unknown>)).toEqual(use));
});
