import { bindsModel } from "../tier/binds-model.js";
import { isExclusion } from "../tier/rule-window.js";
import type { Tier, WindowRule } from "../tier/tier.js";

/** The tier's windows that bind a model's calls; for no model, those that bind all. What has the limit 0 is refused before it is counted. */
export function windowsOf(tier: Tier, model: string | undefined): WindowRule[] {
  return countedWindows(tier).filter((rule) =>
    model === undefined ? rule.scope === "account" : bindsModel(rule, model),
  );
}

/** All windows of a tier that calls are counted in. */
export function countedWindows({ rules }: Tier): WindowRule[] {
  return rules.filter((rule): rule is WindowRule => rule.kind === "window" && !isExclusion(rule));
}

/** The same windows, but that a day of which the reset is only assumed begins at the hour that was learned. */
export function withResetHour(windows: readonly WindowRule[], resetHour: number | undefined): readonly WindowRule[] {
  if (resetHour === undefined) return windows;
  return windows.map((rule) =>
    isAssumedDay(rule) ? { ...rule, period: { type: "day", zone: "UTC", resetHour } } : rule,
  );
}

export function isAssumedDay({ evidence, period }: WindowRule): boolean {
  return evidence.status === "assumed" && period.type === "day";
}
