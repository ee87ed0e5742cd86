import { quote } from "../errors/quote.js";
import { ALLOW, type DecisionContext, type RuleVerdict } from "./decision.js";
import type { WindowRule } from "./tier.js";

/** A limit of 0 is no quota that could reset: the tier does not serve the calls that it binds. */
export function isExclusion({ limit }: Pick<WindowRule, "limit">): boolean {
  return limit === 0;
}

/** Refuses what has a limit of 0; all other windows are the ledger's. */
export function windowLimit(
  rule: WindowRule,
  { request, model }: Pick<DecisionContext, "request" | "model">,
): RuleVerdict {
  if (!isExclusion(rule)) return ALLOW;
  return {
    verdict: "refuse",
    code: "model_not_on_tier",
    message: `${quote(model?.id ?? request.model)} is not on this tier (rule ${rule.id} has the limit 0). Use another model or another plan.`,
    param: "model",
  };
}
