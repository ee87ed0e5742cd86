import type { CostBody } from "../../routes/cost-body.js";
import { countedIn } from "../../words.js";

/** A cost, whichever name it has. */
export function costOf({ api_tokens: apiTokens, credits, tokens }: CostBody): number {
  return apiTokens ?? credits ?? tokens ?? 0;
}

/** The unit as it stands after a number: `API token` after 1. */
export function unitOf(cost: number, unit: string): string {
  return Math.floor(cost) === 1 ? unit.replace(/s$/, "") : unit;
}

/** `16 API tokens`, `1 neuron`. */
export function costWords(cost: number, unit: string): string {
  return countedIn(cost, unit);
}
