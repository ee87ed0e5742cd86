import { quote } from "../errors/quote.js";
import { matchesModel } from "./binds-model.js";
import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { AllowedModelsRule } from "./tier.js";

/** Refuses models that the tier does not name. */
export function allowedModels(rule: AllowedModelsRule, { request, model }: DecisionContext): RuleVerdict {
  const id = model?.id ?? request.model;
  if (matchesModel(rule.models, id)) return ALLOW;
  return {
    verdict: "refuse",
    code: "model_not_on_tier",
    message: `${quote(id)} is not on this tier (rule ${rule.id}: ${rule.models.join(", ")}). Use another model or another plan.`,
    param: "model",
  };
}
