import type { Tier, WindowRule } from "./tier.js";

/** The tier's windows that bind a call of this class on the tier's surface. */
export function windowsOf(tier: Tier, modelClass: "regular" | "pro"): WindowRule[] {
  return tier.rules.filter(
    (rule): rule is WindowRule =>
      rule.kind === "window" &&
      (rule.class === undefined || rule.class === modelClass) &&
      (rule.surface === "both" || rule.surface === tier.surface),
  );
}
