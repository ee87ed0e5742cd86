import type { JsonObject } from "../request/wire-types.js";

/**
 * What the server says a call cost, in API tokens. Two generations of answers exist: `usage` counts API tokens itself, or,
 * later, `meta.usage` does and `usage` is raw.
 */
export function readCost(answer: Readonly<JsonObject>): number | undefined {
  const meta = member(member(answer, "meta"), "usage");
  return amount(meta?.credits_used) ?? amount(meta?.tokens_used) ?? amount(member(answer, "usage")?.total_tokens);
}

function member(value: unknown, name: string): JsonObject | undefined {
  const found = (value as JsonObject | null | undefined)?.[name];
  return typeof found === "object" && found !== null ? (found as JsonObject) : undefined;
}

function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
