import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { MaxOutputTokensRule } from "./tier.js";

/** Least `thinking.budget_tokens` that Claude takes, and it must be below the output limit. */
const LEAST_THINKING_TOKENS = 1_024;

/** Sets or lowers the output limit of a chat answer. */
export function maxOutputTokens(rule: MaxOutputTokensRule, { request, onExcess }: DecisionContext): RuleVerdict {
  if (request.endpoint !== "chat") return ALLOW;
  const asked = request.maxOutputTokens;
  const field = request.outputLimitField;
  if (isThinking(request.body.thinking) && rule.limit <= LEAST_THINKING_TOKENS) {
    return {
      verdict: "refuse",
      code: "output_tokens",
      message: `"thinking" needs a budget of at least ${LEAST_THINKING_TOKENS} tokens, by the model's own rule, and the answer may have ${rule.limit} at most, by rule ${rule.id}: both can't hold. Leave "thinking" out.`,
      param: "thinking",
    };
  }
  if (asked !== undefined && asked <= rule.limit) return ALLOW;
  if (asked !== undefined && (onExcess === "refuse" || rule.onExcess === "refuse")) {
    return {
      verdict: "refuse",
      code: "output_tokens",
      message: `${field} is ${asked}, and an answer may have ${rule.limit} tokens at most (rule ${rule.id}). Ask for ${rule.limit} or fewer.`,
      param: field,
    };
  }
  // Set also where the caller set nothing: the server's own default is documented for some models only.
  return { verdict: "adjust", limits: { maxOutputTokens: rule.limit }, field, to: `${field}=${rule.limit}` };
}

function isThinking(thinking: unknown): boolean {
  return typeof thinking === "object" && thinking !== null && (thinking as { type?: unknown }).type === "enabled";
}
