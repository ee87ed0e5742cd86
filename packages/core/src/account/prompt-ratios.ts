import type { CostEstimate, CostSize } from "../cost/estimate-cost.js";
import type { CallUse } from "../cost/meter.js";

/**
 * How many tokens prompts have had, of those that were taken for usual. A window that holds what is asked for before it is known takes a
 * prompt for twice as long: once servers have told what prompts come to, calls that wait behind others are not turned away for tokens
 * that nobody will use.
 */
export interface PromptRatios {
  /** @param inputTokens as the server counted them */
  learn(model: string, size: CostSize | undefined, inputTokens: number): void;
  /** The most that a call may use, by what is known. */
  worstOf(model: string, estimate: CostEstimate): CallUse;
}

/** Fewer say too little of how much texts differ. */
const LEAST_CALLS = 4;
const CALLS_KEPT = 64;
/** The next text may be denser than all before. */
const MARGIN = 1.15;

export function createPromptRatios(): PromptRatios {
  const ratios: Map<string, number[]> = new Map();
  return {
    learn(model, size, inputTokens) {
      const usual = size?.amount ?? 0;
      // What the server did not tell is the estimate itself.
      if (usual <= 0 || inputTokens <= 0 || inputTokens === Math.ceil(usual)) return;
      const known = ratios.get(model) ?? [];
      known.unshift(inputTokens / usual);
      known.length = Math.min(known.length, CALLS_KEPT);
      ratios.set(model, known);
    },
    worstOf(model, { worst, size }) {
      const known = ratios.get(model) ?? [];
      if (size === undefined || known.length < LEAST_CALLS) return worst;
      const inputTokens = Math.ceil(size.amount * Math.max(...known) * MARGIN);
      const less = worst.inputTokens - inputTokens;
      return less <= 0 ? worst : { ...worst, inputTokens, tokens: worst.tokens - less };
    },
  };
}
