import { describe, expect, it } from "vitest";
import type { CostEstimate } from "../cost/estimate-cost.js";
import { createPromptRatios } from "./prompt-ratios.js";

const estimate = (usual: number): CostEstimate => ({
  expected: { credits: 0, tokens: usual + 150, inputTokens: usual, outputTokens: 150 },
  worst: { credits: 7, tokens: 2 * usual + 200, inputTokens: 2 * usual, outputTokens: 200 },
  size: { amount: usual, rate: 1, answer: 150, learns: "answer" },
});

describe("the most that a call may use", () => {
  it("is the densest of the prompts that servers have counted, and a margin, once there are some", () => {
    const ratios = createPromptRatios();
    const { size } = estimate(1_000);
    for (const tokens of [900, 1_100, 950]) ratios.learn("heron", size, tokens, 2_000);
    expect(ratios.worstOf("heron", estimate(1_000))).toEqual(estimate(1_000).worst);
    ratios.learn("heron", size, 1_001, 2_000);
    const inputTokens = Math.ceil(1_000 * 1.1 * 1.15);
    const known = { credits: 7, tokens: inputTokens + 200, inputTokens, outputTokens: 200 };
    expect(ratios.worstOf("heron", estimate(1_000))).toEqual(known);
    expect(ratios.worstOf("egret", estimate(1_000))).toEqual(estimate(1_000).worst);
  });

  it("is never more than the estimate's", () => {
    const ratios = createPromptRatios();
    for (let call = 0; call < 4; call += 1) ratios.learn("heron", estimate(1_000).size, 3_000, 2_000);
    expect(ratios.worstOf("heron", estimate(1_000))).toEqual(estimate(1_000).worst);
  });

  it("learns nothing from an answer that told no tokens of its prompt", () => {
    const ratios = createPromptRatios();
    for (let call = 0; call < 9; call += 1) ratios.learn("heron", estimate(1_000).size, 1_000, 2_000);
    expect(ratios.worstOf("heron", estimate(1_000))).toEqual(estimate(1_000).worst);
  });

  it("forgets after many calls", () => {
    const ratios = createPromptRatios();
    ratios.learn("heron", estimate(1_000).size, 1_700, 2_000);
    for (let call = 0; call < 64; call += 1) ratios.learn("heron", estimate(1_000).size, 999, 2_000);
    expect(ratios.worstOf("heron", estimate(1_000)).inputTokens).toBe(1_149);
  });

  it("has what a server adds to each prompt, as short prompts show it, within bounds", () => {
    const ratios = createPromptRatios();
    const held = (): number => ratios.worstOf("heron", estimate(5)).inputTokens;
    const learn = (usual: number, tokens: number): void =>
      ratios.learn("heron", estimate(usual).size, tokens, ratios.worstOf("heron", estimate(usual)).inputTokens);
    expect(held()).toBe(10);
    learn(5, 70);
    expect(held()).toBe(70);
    // A long prompt that is denser than any says nothing of that.
    learn(1_000, 9_000);
    learn(5, 70);
    expect(held()).toBe(70);
    learn(5, 100_000);
    expect(held()).toBe(1_010);
    expect(ratios.worstOf("egret", estimate(5)).inputTokens).toBe(10);
  });
});
