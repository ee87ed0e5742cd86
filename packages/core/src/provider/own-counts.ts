import { bucketName } from "../account/bucket-name.js";
import { isNamed } from "../account/find-window.js";
import type { Rule, WindowRule } from "../tier/tier.js";
import type { Signals } from "./signals.js";

/**
 * Gives a window that the provider reports rows of its own, where others would share them. What the provider says was used elsewhere is
 * charged at the present: a day's use would fill each shorter window too, and one that refills slowly for hours.
 */
export function withOwnCounts(
  rules: readonly Rule[],
  { headers = [], usageEndpoint }: Partial<Pick<Signals, "headers" | "usageEndpoint">>,
): readonly Rule[] {
  const reported = [...headers, ...(usageEndpoint?.windows ?? [])];
  const windows = rules.filter((rule): rule is WindowRule => rule.kind === "window");
  return rules.map((rule) => {
    if (rule.kind !== "window" || rule.ownCount !== undefined || !reported.some((named) => isNamed(rule, named)))
      return rule;
    const isShared = windows.some(
      (other) => other !== rule && sharedName(other) === sharedName(rule) && !isSamePeriod(other, rule),
    );
    return isShared ? { ...rule, ownCount: true } : rule;
  });
}

function sharedName(rule: WindowRule): string {
  return bucketName({ ...rule, ownCount: false }, "");
}

function isSamePeriod({ period: one }: WindowRule, { period: other }: WindowRule): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
