import type { ModelRates } from "../../catalog/model.js";

/**
 * API tokens per model token for each USD per million model tokens of a public price. 2,000,000 API tokens are 1 USD; the
 * published samples come out whole with 5 % on top.
 */
const API_TOKENS_PER_USD = 2.1;
/** What some models cost beside that: their samples come out whole only with another 5 % on the public price. */
const RESALE = 1.05;
/** The sample call, a user message "Hello", where no public price explains it: exact for gpt-4 (504 / 63, 1260 / 126). */
const SAMPLE_TOKENS = { input: 8, output: 10 } as const;

const SAMPLE = "the usage published for the message Hello (documentation of 2025-04-16)";
const EXACT = `Inferred from ${SAMPLE}: whole model tokens x USD per million x 2.1.`;
const RESOLD = `Inferred from ${SAMPLE}: whole model tokens x USD per million x 1.05 x 2.1.`;
const NEAREST = `Inferred from ${SAMPLE}: the public price nearest to it, USD per million x 2.1.`;
const SPREAD = `Inferred from ${SAMPLE}, spread over 8 model tokens in and 10 out.`;
const FREE = `Inferred from ${SAMPLE}: it was charged 0.`;
const LISTED = "Inferred from public list prices of April 2025, as in LiteLLM 1.66.0: USD per million x 2.1.";

/** The price that the model's sample gives, in USD per million: each figure is a whole number of tokens at it. */
export function sampled(input: number, output: number): ModelRates {
  return { ...convert(input, output), evidence: EXACT };
}

/** The same for a sample that is explained by a public price with another 5 % on top. Takes the public price. */
export function resold(input: number, output: number): ModelRates {
  return { ...convert(input * RESALE, output * RESALE), evidence: RESOLD };
}

/** The public price nearest to a sample that contradicts the list price, and that no public price explains exactly. */
export function nearest(input: number, output: number): ModelRates {
  return { ...convert(input, output), evidence: NEAREST };
}

/** The list price, in USD per million: there is no sample, or it is too small to give a price and doesn't contradict this one. */
export function listed(input: number, output = 0): ModelRates {
  return { ...convert(input, output), evidence: LISTED };
}

/** From a sample, in API tokens, of a model without a public price. */
export function spread(input: number, output: number): ModelRates {
  return { input: input / SAMPLE_TOKENS.input, output: output / SAMPLE_TOKENS.output, evidence: SPREAD };
}

/** A model whose sample was charged 0 on both sides. */
export const free: ModelRates = { input: 0, output: 0, evidence: FREE };

/** The rates of another model on the same page of the documentation, the only one there with a sample. */
export function samePage(id: string, { input, output }: ModelRates): ModelRates {
  return { input, output, evidence: `Inferred from ${SAMPLE} of ${id}, on the same page.` };
}

function convert(input: number, output: number): { input: number; output: number } {
  return { input: rateOf(input), output: rateOf(output) };
}

/** Rounded where binary fractions would show: 0.6 x 2.1 is 1.26. */
function rateOf(usdPerMillion: number): number {
  return Math.round(usdPerMillion * API_TOKENS_PER_USD * 1e9) / 1e9;
}
