import type { CostFields, CostUnit } from "@laplas/core";

/** A cost in JSON over HTTP: one of these, as the provider counts. */
export interface CostBody {
  readonly api_tokens?: number;
  readonly credits?: number;
  readonly tokens?: number;
}

/** The name of a cost in that unit. */
export function costName({ field }: CostUnit): keyof CostBody {
  return field === "apiTokens" ? "api_tokens" : field;
}

export function costBody({ apiTokens, credits, tokens }: CostFields): CostBody {
  if (apiTokens !== undefined) return { api_tokens: apiTokens };
  if (credits !== undefined) return { credits };
  return tokens === undefined ? {} : { tokens };
}
