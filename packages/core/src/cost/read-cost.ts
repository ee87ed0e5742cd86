import type { JsonObject } from "../request/wire-types.js";
import type { CallUse, TokenMeter } from "./meter.js";

/**
 * What the server says a call cost, in API tokens. Two generations of answers exist: `usage` counts API tokens itself, or,
 * later, `meta.usage` does and `usage` is raw.
 */
export function readCost(answer: Readonly<JsonObject>): number | undefined {
  const meta = member(member(answer, "meta"), "usage");
  return amount(meta?.credits_used) ?? amount(meta?.tokens_used) ?? amount(member(answer, "usage")?.total_tokens);
}

/** What an answer says of its request's use. A meter that it does not mention is missing. */
export type ToldUse = Partial<CallUse>;

/**
 * What the server says a request used. `usage` counts model tokens only where `meta.usage` has the cost; else it is the cost itself. Names
 * are those of OpenAI's older or newer interface.
 */
export function readUse(answer: Readonly<JsonObject>): ToldUse {
  const meta = member(member(answer, "meta"), "usage");
  const hasCost = (amount(meta?.credits_used) ?? amount(meta?.tokens_used)) !== undefined;
  const usage = hasCost ? member(answer, "usage") : undefined;
  const find = (name: string): number | undefined => amount(meta?.[name]) ?? amount(usage?.[name]);
  const inputTokens = find("prompt_tokens") ?? find("input_tokens");
  const outputTokens = find("completion_tokens") ?? find("output_tokens");
  const sum = inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens;
  return {
    ...told("credits", readCost(answer)),
    ...told("tokens", find("total_tokens") ?? sum),
    ...told("inputTokens", inputTokens),
    ...told("outputTokens", outputTokens),
  };
}

function told(meter: TokenMeter, value: number | undefined): ToldUse {
  return value === undefined ? {} : { [meter]: value };
}

function member(value: unknown, name: string): JsonObject | undefined {
  const found = (value as JsonObject | null | undefined)?.[name];
  return typeof found === "object" && found !== null ? (found as JsonObject) : undefined;
}

function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
