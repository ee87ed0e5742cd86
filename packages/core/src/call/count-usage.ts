import type { CostUnit } from "../cost/meter.js";
import { chatTokens, embeddingTokens } from "../cost/model-tokens.js";
import { amount, readUsage, type ToldUsage } from "../cost/read-usage.js";
import type { Provider } from "../provider/provider.js";
import type { JsonObject, Usage } from "../request/wire-types.js";
import type { PreparedCall } from "./prepared-call.js";
import type { AnswerCharacters } from "./runaway.js";

/** Of usual text. */
const CHARACTERS_PER_TOKEN = 4;

/** An answer's usage, as it came and as it was read. */
export interface CameUsage {
  readonly usage: unknown;
  readonly told: ToldUsage;
}

/** A chat's usage as its caller gets it: model tokens, and the cost beside them. */
export function chatUsage(
  { found, estimate, unit }: PreparedCall,
  { usage, told }: CameUsage,
  { said, thought }: AnswerCharacters,
  cost: number,
): Usage {
  // Thoughts that did not come as text are in this count alone.
  const thoughts = Math.max(thought / CHARACTERS_PER_TOKEN, reasoningIn(usage));
  const estimated = { input: estimate.expected.inputTokens, output: said / CHARACTERS_PER_TOKEN + thoughts };
  return withCost(chatTokens({ usage, told, rates: found.model?.rates, estimate: estimated }), unit, cost);
}

/** The usage of an embedding call, summed over its requests. */
export function embeddingUsage(
  provider: Provider,
  { request, found, adapted, unit, totals }: PreparedCall,
  answers: readonly JsonObject[],
): Usage {
  const counted = answers.map((answer, index) => {
    const texts = (adapted.parts[index]?.positions ?? []).map((position) => request.texts[position] ?? "");
    return embeddingTokens({
      usage: answer.usage,
      told: readUsage(answer, provider),
      rates: found.model?.rates,
      estimate: { input: texts.reduce((tokens, text) => tokens + tokensOf(text), 0), output: 0 },
    });
  });
  const [only] = counted;
  const tokens = only !== undefined && counted.length === 1 ? only : sum(counted);
  return withCost(tokens, unit, totals.cost);
}

/** No text is less than a token. */
function tokensOf(text: string): number {
  return Math.max(1, text.length / CHARACTERS_PER_TOKEN);
}

function sum(counted: readonly Usage[]): Usage {
  const total = counted.reduce((tokens, usage) => tokens + (usage.total_tokens ?? 0), 0);
  const isEstimated = counted.some(({ estimated }) => estimated === true);
  return { prompt_tokens: total, total_tokens: total, ...(isEstimated ? { estimated: true } : {}) };
}

/** Providers that count model tokens have no other cost. */
export function withCost(usage: Usage, { field }: CostUnit, cost: number): Usage {
  if (field === "tokens") return usage;
  return { ...usage, [field === "apiTokens" ? "api_tokens" : "credits"]: cost };
}

function reasoningIn(usage: unknown): number {
  const details = (usage as { completion_tokens_details?: unknown } | null | undefined)?.completion_tokens_details;
  return amount((details as { reasoning_tokens?: unknown } | null | undefined)?.reasoning_tokens) ?? 0;
}
