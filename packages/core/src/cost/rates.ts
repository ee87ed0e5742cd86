import type { InputOutput, Model } from "../catalog/model.js";
import type { Provider, UnknownRates } from "../provider/provider.js";
import type { Endpoint } from "../request/read-request.js";
import { SAMPLE_TOKENS } from "./sample-call.js";

/**
 * What a figure rests on: calls that were settled, the published cost of exactly this call, rates that are known or were inferred from
 * published figures, or rates of which nothing is known.
 */
export type CostBasis = "settled" | "published" | "inferred" | "assumed";

/** A sample whose prompt was rounded to 0 does not make prompts free: each of its tokens costs this at most. */
const ROUNDED_TO_ZERO = 0.5 / SAMPLE_TOKENS.input;

/** Costs per model token: the model's own, or inferred from its sample call, or what the provider assumes of models without either. */
export function ratesOf(model: Model | undefined, endpoint: Endpoint, unknown: UnknownRates): InputOutput {
  if (model?.rates !== undefined) return model.rates;
  if (model?.hello !== undefined) {
    const output = model.hello.output / SAMPLE_TOKENS.output;
    return { input: model.hello.input / SAMPLE_TOKENS.input || Math.min(ROUNDED_TO_ZERO, output), output };
  }
  return endpoint === "embedding" ? unknown.embedding : unknown.chat;
}

/** What an estimate by these rates rests on. Where costs are model tokens, each is one by definition. */
export function rateBasis(
  model: Model | undefined,
  endpoint: Endpoint,
  { unit }: Pick<Provider, "unit">,
): "inferred" | "assumed" {
  if (endpoint === "image") return "assumed";
  return model?.rates !== undefined || model?.hello !== undefined || unit.field === "tokens" ? "inferred" : "assumed";
}
