import type { CostFields } from "@laplas/core";

/** A cost in JSON over HTTP: one of these, as the provider counts. */
export interface CostBody {
  readonly api_tokens?: number;
  readonly credits?: number;
  readonly tokens?: number;
}

export function costBody({ apiTokens, credits, tokens }: CostFields): CostBody {
  if (apiTokens !== undefined) return { api_tokens: apiTokens };
  if (credits !== undefined) return { credits };
  return tokens === undefined ? {} : { tokens };
}
