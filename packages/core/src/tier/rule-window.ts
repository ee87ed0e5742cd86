import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { ModelClass, Tier, WindowRule } from "./tier.js";

/** The tier's class of a model, by its primary id. */
export function classOf({ proModels }: Pick<Tier, "proModels">, model: string): ModelClass {
  return proModels.includes(model) ? "pro" : "regular";
}

/** Whether a window binds calls of a class of models, made on the tier's surface. */
export function bindsClass(rule: WindowRule, { surface }: Pick<Tier, "surface">, modelClass: ModelClass): boolean {
  return (
    (rule.class === undefined || rule.class === modelClass) && (rule.surface === "both" || rule.surface === surface)
  );
}

/** A limit of 0 is no quota that could reset: the tier does not serve the calls that it binds. */
export function isExclusion({ limit }: Pick<WindowRule, "limit">): boolean {
  return limit === 0;
}

/** Refuses what has a limit of 0; all other windows are the ledger's. */
export function windowLimit(rule: WindowRule, { request, model }: DecisionContext, tier: Tier): RuleVerdict {
  if (!isExclusion(rule) || !bindsClass(rule, tier, classOf(tier, model?.id ?? request.model))) return ALLOW;
  const what = rule.class === undefined ? "models" : `${rule.class === "pro" ? "Pro" : "regular"} models`;
  return {
    verdict: "refuse",
    code: "model_not_on_tier",
    message: `${what} are not on this tier (rule ${rule.id} has the limit 0). Use another model or another plan.`,
    param: "model",
  };
}
