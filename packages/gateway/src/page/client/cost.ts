import type { CostBody } from "../../routes/cost-body.js";
import { counted } from "./format.js";

/** A cost, whichever name it has. */
export function costOf({ api_tokens: apiTokens, credits, tokens }: CostBody): number {
  return apiTokens ?? credits ?? tokens ?? 0;
}

/** `16 API tokens`, `1 neuron`. */
export function costWords(cost: number, unit: string): string {
  return counted(cost, unit.replace(/s$/, ""));
}
