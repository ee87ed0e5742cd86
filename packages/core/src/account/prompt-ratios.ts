import type { CostEstimate, CostSize } from "../cost/estimate-cost.js";
import type { CallUse } from "../cost/meter.js";

/**
 * How many tokens prompts have had, of those that were taken for usual. A window that holds what is asked for before it is known takes a
 * prompt for twice as long: once servers have told what prompts come to, calls that wait behind others are not turned away for tokens
 * that nobody will use.
 */
export interface PromptRatios {
  /**
   * @param inputTokens as the server counted them
   * @param held what the call was taken to use of them at most
   */
  learn(model: string, size: CostSize | undefined, inputTokens: number, held: number): void;
  /** The most that a call may use, by what is known. */
  worstOf(model: string, estimate: CostEstimate): CallUse;
}

/** Fewer say too little of how much texts differ. */
const LEAST_CALLS = 4;
const CALLS_KEPT = 64;
/** The next text may be denser than all before. */
const MARGIN = 1.15;
/** Prompts that are so short show what a server adds to each of them: the words of a template, a system prompt of its own. */
const SHORT_TOKENS = 500;
const MOST_ADDED = 1_000;

export function createPromptRatios(): PromptRatios {
  const ratios: Map<string, number[]> = new Map();
  const added: Map<string, number> = new Map();
  const addedOf = (model: string): number => added.get(model) ?? 0;
  return {
    learn(model, size, inputTokens, held) {
      const usual = size?.amount ?? 0;
      // Where the server reports no count, the estimate stands in its place.
      if (usual <= 0 || inputTokens <= 0 || inputTokens === Math.ceil(usual)) return;
      // A call that waits for a bucket to refill is sent when it fits to the token.
      if (usual <= SHORT_TOKENS && inputTokens > held)
        added.set(model, Math.min(MOST_ADDED, addedOf(model) + inputTokens - held));
      const known = ratios.get(model) ?? [];
      known.unshift(inputTokens / usual);
      known.length = Math.min(known.length, CALLS_KEPT);
      ratios.set(model, known);
    },
    worstOf(model, { worst, size }) {
      const known = ratios.get(model) ?? [];
      if (size === undefined) return worst;
      const dense = known.length < LEAST_CALLS ? worst.inputTokens : size.amount * Math.max(...known) * MARGIN;
      const inputTokens = Math.min(worst.inputTokens, Math.ceil(dense)) + addedOf(model);
      return { ...worst, inputTokens, tokens: worst.tokens - worst.inputTokens + inputTokens };
    },
  };
}
