import type { CostSize } from "../cost/estimate-cost.js";

/** Sums over settled calls whose size is known. */
export interface SizedCalls {
  readonly calls: number;
  /** Of tokens, or of images. */
  readonly amount: number;
  readonly cost: number;
  /** Of the amounts' squares, and of each amount times its cost: how the cost grows with the size. */
  readonly square: number;
  readonly product: number;
  /** Cost that no density of the prompt explains: at least this much the answers have cost. */
  readonly beyond: number;
}

export const NO_CALLS: SizedCalls = { calls: 0, amount: 0, cost: 0, square: 0, product: 0, beyond: 0 };

/** What a prompt may cost of its estimate: the densest text has two tokens for each character, and the estimate takes a quarter. */
const DENSEST = 8;
/** Prose has half of the estimate; rates that were inferred may be wrong as well. */
const THINNEST = 1 / 8;
/** Answers that seem to be so many times longer than usual are a dense prompt, unless some call shows that they are not. */
const LONG_ANSWER = 4;
const USUAL_ANSWER_TOKENS = 150;

/** What one call adds to the sums. */
export function sizedCall({ amount, rate }: CostSize, cost: number): SizedCalls {
  const beyond = Math.max(0, cost - DENSEST * amount * rate);
  return { calls: 1, amount, cost, square: amount ** 2, product: amount * cost, beyond };
}

/** @param share how much of `more` counts */
export function addSums(sums: SizedCalls, more: SizedCalls, share: number): SizedCalls {
  return {
    calls: sums.calls + more.calls * share,
    amount: sums.amount + more.amount * share,
    cost: sums.cost + more.cost * share,
    square: sums.square + more.square * share,
    product: sums.product + more.product * share,
    beyond: sums.beyond + more.beyond * share,
  };
}

/** What a call of this size costs, by what others did. */
export function costBySize(size: CostSize, sums: SizedCalls): number | undefined {
  const { amount, rate, answer, learns } = size;
  if (learns === "answer") {
    const { factor, beside } = promptAndAnswer(size, sums);
    return roundUp(amount * rate * factor + beside);
  }
  const estimated = sums.amount * rate + sums.calls * answer;
  return estimated === 0 ? undefined : roundUp(((amount * rate + answer) * sums.cost) / estimated);
}

/**
 * By how much prompts differ from their estimate, and what the answers cost beside them. Calls of different sizes tell the two apart; from
 * calls of one size the factor is taken to be 1 as long as that leaves a sensible answer. Both are bounded: a negative answer would make a
 * call free, and a dense prompt taken for a long answer would make a short one as dear.
 */
function promptAndAnswer(
  { rate, answer, answerToken = 0 }: CostSize,
  { calls, amount, cost, square, product, beyond }: SizedCalls,
): { readonly factor: number; readonly beside: number } {
  const usual = Math.max(answer, USUAL_ANSWER_TOKENS * answerToken);
  const prompt = (amount * rate) / calls;
  const mean = cost / calls;
  const spread = Math.max(0, (square - amount ** 2 / calls) * rate ** 2);
  const slope = (product - (amount * cost) / calls) * rate;
  // Answers vary by about their length: less spread than that says nothing of the prompts.
  const noise = usual ** 2;
  const grown = spread + noise === 0 ? 1 : (slope + noise) / (spread + noise);
  let beside = mean - prompt * within(grown, THINNEST, DENSEST);
  const likely = Math.max(usual, beyond / calls);
  if (beside < answerToken || beside < 0) beside = usual * Math.min(1, mean / (prompt + usual || 1));
  else if (beside > LONG_ANSWER * likely) beside = likely;
  return {
    factor: prompt === 0 ? 1 : within((mean - beside) / prompt, THINNEST, DENSEST),
    beside: Math.max(beside, answerToken),
  };
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** But not for what a sum of fractions has too much. Never -0, by which nothing can be divided. */
function roundUp(cost: number): number {
  return Math.max(0, Math.ceil(cost - 1e-6));
}
