import type { InputOutput } from "../catalog/model.js";
import type { JsonObject, Usage } from "../request/wire-types.js";
import { amount, LARGEST_AMOUNT, NO_SIDES, type Sides, sidesOf, type ToldUsage } from "./read-usage.js";

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
  const { credits, inputTokens, outputTokens, tokens } = told.use;
  const costs = told.counts === "cost" ? sideCosts(usage) : NO_SIDES;
  const inputDetails = detailsOf(usage.prompt_tokens_details, "cached_tokens");
  const outputDetails = detailsOf(usage.completion_tokens_details, "reasoning_tokens");

  let input = sideOf(inputTokens ?? rest(tokens, outputTokens), costs.input, rates?.input, estimate.input);
  // Without either side the total bounds the estimate of one, and the other is the rest.
  if (tokens !== undefined && input.isEstimated)
    input = { ...input, tokens: Math.min(input.tokens, Math.round(tokens)) };
  const toldOutput = outputTokens ?? rest(tokens, input.tokens);
  const output =
    toldOutput === undefined && costs.output === undefined
      ? unseenOutput(outputCost(credits, input.tokens, rates?.input), rates?.output, estimate.output)
      : sideOf(toldOutput, costs.output, rates?.output, estimate.output);

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
  const { credits, inputTokens, tokens } = told.use;
  const costs = told.counts === "cost" ? sideCosts(usage) : NO_SIDES;
  const input = sideOf(inputTokens ?? tokens, costs.input ?? credits, rates?.input, estimate.input);
  return {
    ...usage,
    prompt_tokens: input.tokens,
    total_tokens: input.tokens,
    ...(input.isEstimated ? { estimated: true } : {}),
  };
}

/** What the output cost, where only the whole cost is known. `undefined` where the input alone seems to have cost more: one of the figures is wrong. */
function outputCost(cost: number | undefined, inputTokens: number, inputRate: number | undefined): number | undefined {
  if (cost === undefined || inputRate === undefined) return undefined;
  const output = cost - inputTokens * inputRate;
  return output >= 0 ? output : undefined;
}

/** The output of an answer that told neither its tokens nor their cost. What has text has a token. */
function unseenOutput(cost: number | undefined, rate: number | undefined, estimate: number): Side {
  const side = sideOf(undefined, cost, rate, estimate);
  return { ...side, tokens: Math.max(side.tokens, estimate > 0 ? 1 : 0) };
}

/** @param known as the provider counted it @param estimate from characters */
function sideOf(known: number | undefined, cost: number | undefined, rate: number | undefined, estimate: number): Side {
  const { tokens, isEstimated } = countSide(known, cost, rate, estimate);
  return { tokens: Math.min(tokens, LARGEST_AMOUNT), isEstimated };
}

function countSide(
  known: number | undefined,
  cost: number | undefined,
  rate: number | undefined,
  estimate: number,
): Side {
  if (known !== undefined) return { tokens: Math.round(known), isEstimated: false };
  if (cost === undefined || rate === undefined || rate <= 0) return { tokens: Math.ceil(estimate), isEstimated: true };
  if (cost >= TELLING_COST) return { tokens: Math.round(cost / rate), isEstimated: false };
  const least = Math.max(0, Math.ceil((cost - 0.5) / rate));
  const most = Math.floor((cost + 0.5) / rate);
  // Above a rate of 1 no whole number may lie between them.
  const tokens = least > most ? Math.round(cost / rate) : Math.min(Math.max(Math.ceil(estimate), least), most);
  return { tokens, isEstimated: true };
}

/** What each side cost, where `usage` counts the cost. */
function sideCosts(usage: JsonObject): Sides {
  const { input, output } = sidesOf((name) => amount(usage[name]));
  const total = amount(usage.total_tokens);
  return { input: input ?? rest(total, output), output: output ?? rest(total, input) };
}

function rest(total: number | undefined, part: number | undefined): number | undefined {
  return total === undefined || part === undefined ? undefined : Math.max(0, total - part);
}

/** Details count model tokens in every answer. A number that can't be a count is left out; what else stands there stays as it came. */
function detailsOf(value: unknown, name: string): JsonObject {
  const details = Object.entries(fieldsOf(value)).flatMap(([key, given]): [string, unknown][] => {
    if (!isTokenCount(key)) return [[key, given]];
    const count = amount(given);
    if (count !== undefined) return [[key, Math.round(count)]];
    return key === name || typeof given === "number" ? [] : [[key, given]];
  });
  return Object.fromEntries([[name, 0], ...details]);
}

/** Beside counts there may be costs, or times. */
function isTokenCount(key: string): boolean {
  return key.endsWith("_tokens");
}

function largest(details: JsonObject): number {
  const counts = Object.entries(details).filter(([key]) => isTokenCount(key));
  return counts.reduce((most, [, count]) => Math.max(most, amount(count) ?? 0), 0);
}

function fieldsOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
