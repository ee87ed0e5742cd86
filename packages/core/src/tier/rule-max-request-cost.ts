import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { MaxRequestCostRule, Tier } from "./tier.js";

/** Refuses again what the server has refused for its price. A price nobody published refuses nothing. */
export function maxRequestCost(
  rule: MaxRequestCostRule,
  { request, refusedForCost }: DecisionContext,
  { unit }: Tier,
): RuleVerdict {
  if (!refusedForCost || !rule.modalities.includes(request.endpoint)) return ALLOW;
  return {
    verdict: "refuse",
    code: "request_cost",
    message: `The server has refused this model, size and count today because it needs more than ${rule.limit} ${unit.name} (rule ${rule.id}). Take a smaller size, fewer images or a cheaper model.`,
    param: "model",
  };
}
