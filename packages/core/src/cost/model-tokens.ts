import type { InputOutput } from "../catalog/model.js";
import type { JsonObject, Usage } from "../request/wire-types.js";
import { amount, type ToldUsage } from "./read-usage.js";

/** What is known of the model tokens of one answer. */
export interface TokenFacts {
  /** As it came, if it did. */
  readonly usage: unknown;
  readonly told: ToldUsage;
  /** Cost per model token, if known. */
  readonly rates: InputOutput | undefined;
  /** Estimates from characters. */
  readonly estimate: InputOutput;
}

/** A cost from here on is a count of tokens to within 0.5 %: less is lost in the rounding. */
const TELLING_COST = 100;

interface Side {
  readonly tokens: number;
  readonly isEstimated: boolean;
}

/**
 * The usage of a chat answer in model tokens, by which clients manage their context. All five counts are there, all whole numbers; what
 * else `usage` had stays.
 */
export function chatTokens({ usage: came, told, rates, estimate }: TokenFacts): Usage {
  const usage = fieldsOf(came);
  const { inputTokens, outputTokens, tokens } = told.use;
  const costs = told.counts === "cost" ? sideCosts(usage) : NO_COSTS;
  const inputDetails = detailsOf(usage.prompt_tokens_details, "cached_tokens");
  const outputDetails = detailsOf(usage.completion_tokens_details, "reasoning_tokens");

  let input = sideOf(inputTokens ?? rest(tokens, outputTokens), costs.input, rates?.input, estimate.input);
  // Without either side the total bounds the estimate of one, and the other is the rest.
  if (tokens !== undefined && input.isEstimated)
    input = { ...input, tokens: Math.min(input.tokens, Math.round(tokens)) };
  const output = sideOf(outputTokens ?? rest(tokens, input.tokens), costs.output, rates?.output, estimate.output);

  const prompt = Math.max(input.tokens, largest(inputDetails));
  // Some servers count thoughts into the total alone.
  const unaccounted = tokens === undefined ? 0 : Math.round(tokens) - prompt;
  const completion = Math.max(output.tokens, unaccounted, largest(outputDetails));
  return {
    ...usage,
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: inputDetails,
    completion_tokens_details: outputDetails,
    ...(input.isEstimated || output.isEstimated ? { estimated: true } : {}),
  };
}

/** The same of an embedding answer, which has a prompt only. */
export function embeddingTokens({ usage: came, told, rates, estimate }: TokenFacts): Usage {
  const usage = fieldsOf(came);
  const { inputTokens, tokens } = told.use;
  const cost = told.counts === "cost" ? (amount(usage.prompt_tokens) ?? amount(usage.total_tokens)) : undefined;
  const input = sideOf(inputTokens ?? tokens, cost, rates?.input, estimate.input);
  return {
    ...usage,
    prompt_tokens: input.tokens,
    total_tokens: input.tokens,
    ...(input.isEstimated ? { estimated: true } : {}),
  };
}

/** @param known as the provider counted it @param estimate from characters */
function sideOf(known: number | undefined, cost: number | undefined, rate: number | undefined, estimate: number): Side {
  if (known !== undefined) return { tokens: Math.round(known), isEstimated: false };
  if (cost === undefined || rate === undefined || rate <= 0) return { tokens: Math.ceil(estimate), isEstimated: true };
  if (cost >= TELLING_COST) return { tokens: Math.round(cost / rate), isEstimated: false };
  const least = Math.max(0, Math.ceil((cost - 0.5) / rate));
  const most = Math.floor((cost + 0.5) / rate);
  // Above a rate of 1 no whole number may lie between them.
  const tokens = least > most ? Math.round(cost / rate) : Math.min(Math.max(Math.ceil(estimate), least), most);
  return { tokens, isEstimated: true };
}

interface SideCosts {
  readonly input: number | undefined;
  readonly output: number | undefined;
}

const NO_COSTS: SideCosts = { input: undefined, output: undefined };

/** What each side cost, where `usage` counts the cost. */
function sideCosts(usage: JsonObject): SideCosts {
  const input = amount(usage.prompt_tokens) ?? amount(usage.input_tokens);
  const output = amount(usage.completion_tokens) ?? amount(usage.output_tokens);
  const total = amount(usage.total_tokens);
  return { input: input ?? rest(total, output), output: output ?? rest(total, input) };
}

function rest(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined ? undefined : Math.max(0, total - part);
}

/** Details count model tokens in every answer. */
function detailsOf(value: unknown, name: string): JsonObject {
  const details: JsonObject = { [name]: 0 };
  for (const [key, count] of Object.entries(fieldsOf(value))) {
    if (key !== name || amount(count) !== undefined)
      details[key] = amount(count) === undefined ? count : Math.round(count as number);
  }
  return details;
}

function largest(details: JsonObject): number {
  return Object.values(details).reduce<number>((most, count) => Math.max(most, amount(count) ?? 0), 0);
}

function fieldsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
