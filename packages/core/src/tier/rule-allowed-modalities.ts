import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { AllowedModalitiesRule } from "./tier.js";

/** Refuses what the tier does not serve at all. */
export function allowedModalities(rule: AllowedModalitiesRule, { request }: DecisionContext): RuleVerdict {
  if (rule.modalities.includes(request.endpoint)) return ALLOW;
  return {
    verdict: "refuse",
    code: "model_not_on_tier",
    message: `${request.endpoint} models are not on this tier (rule ${rule.id}: ${rule.modalities.join(", ")}). Use a model of another kind or another plan.`,
    param: "model",
  };
}
