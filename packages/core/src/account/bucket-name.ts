import type { WindowRule } from "../tier/tier.js";

/** The bucket of what calls cost. Every call counts in it, whatever windows there are: costs are learned from it. */
export const COST_BUCKET = "credits";

/** What tells the buckets of a rule apart. */
export type BucketRule = Pick<
  WindowRule,
  "metric" | "per" | "class" | "surface" | "countFrom" | "hold" | "refund" | "countsFailures"
>;

/**
 * The bucket that a rule counts a model's calls in. Rules that differ in limit or period alone share one. Rules that count differently
 * don't: one amount can't be right for both, and the larger would hold back calls that the other window has room for.
 */
export function bucketName(rule: BucketRule, model: string): string {
  const { metric, per, class: modelClass, surface } = rule;
  const meter = `${metric === "apiTokens" ? COST_BUCKET : metric}${waysOf(rule)}`;
  const ofClass = modelClass === undefined ? "" : `:${modelClass}`;
  const ofSurface = surface === "both" ? "" : `@${surface}`;
  return `${meter}${ofClass}${ofSurface}${per === "model" ? `:${oneLine(model)}` : ""}`;
}

/** How a rule counts, where that is not the usual way. */
function waysOf({ countFrom, hold, refund, countsFailures }: BucketRule): string {
  const asked = hold === "asked" ? `+asked${refund === true ? "" : "+kept"}` : "";
  return `${countFrom === "start" ? "+start" : ""}${asked}${countsFailures === true ? "+failures" : ""}`;
}

/** Names of buckets, slots and scopes hold no line ends; the ids of unknown models may. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
