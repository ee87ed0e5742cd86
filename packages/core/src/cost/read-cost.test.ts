import { describe, expect, test } from "vitest";
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
