import type { CallReport, CostUnit } from "@laplas/core";

/** The name under which bodies have a cost: that of the provider's unit. */
export function costField({ field }: CostUnit): "api_tokens" | "credits" | "tokens" {
  return field === "apiTokens" ? "api_tokens" : field;
}

/** What a report says that its call cost, in whatever unit. */
export function costOf({ apiTokens, credits, tokens }: Pick<CallReport, "apiTokens" | "credits" | "tokens">): number {
  return apiTokens ?? credits ?? tokens ?? 0;
}
