import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { MaxOutputTokensRule } from "./tier.js";

/** Sets or lowers the output limit of a chat answer. */
export function maxOutputTokens(rule: MaxOutputTokensRule, { request, onExcess }: DecisionContext): RuleVerdict {
  if (request.endpoint !== "chat") return ALLOW;
  const asked = request.maxOutputTokens;
  const field = request.outputLimitField;
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
