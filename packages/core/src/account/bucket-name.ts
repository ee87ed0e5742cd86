import type { Period, WindowRule } from "../tier/tier.js";

/** The bucket of what calls cost. Every call counts in it, whatever windows there are: costs are learned from it. */
export const COST_BUCKET = "credits";

/** What tells the buckets of a rule apart. */
export type BucketRule = Pick<
  WindowRule,
  "meter" | "scope" | "models" | "countFrom" | "hold" | "refund" | "countsFailures" | "mustFit" | "ownCount"
> & { readonly period?: Period | undefined };

/**
 * The bucket that a rule counts a model's calls in. Rules that differ in limit or period alone share one. Rules that count differently
 * don't: one amount can't be right for both, and the larger would hold back calls that the other window has room for. A window that the
 * provider reports has a bucket of its own: a correction of its count must not change the others.
 */
export function bucketName(rule: BucketRule, model: string): string {
  const { meter, scope, models = [] } = rule;
  const counted = `${meter}${waysOf(rule)}`;
  if (scope === "model") return `${counted}:${oneLine(model)}`;
  return scope === "pool" ? `${counted}:pool:${poolName(models)}` : counted;
}

/** How a rule counts, where that is not the usual way. */
function waysOf({ meter, countFrom, hold, refund, countsFailures, mustFit, ownCount, period }: BucketRule): string {
  const asked = hold === "asked" ? `+asked${refund === true ? "" : "+kept"}` : "";
  // A prompt that has to fit is held at its densest.
  const fitting = mustFit === true && meter === "inputTokens" && hold !== "asked" ? "+fits" : "";
  return `${countFrom === "start" ? "+start" : ""}${asked}${fitting}${countsFailures === true ? "+failures" : ""}${ownCount === true ? ownOf(period) : ""}`;
}

function ownOf(period: Period | undefined): string {
  if (period === undefined) return "";
  const { type } = period;
  return type === "rolling" || type === "bucket" ? `+${type}-${period.spanMs}` : `+${type}`;
}

/** Longer lists are told apart by a hash. */
const LONGEST_POOL_NAME = 120;

/** Windows over the same models are one pool, in whatever order they name them. */
function poolName(models: readonly string[]): string {
  const name = oneLine([...models].sort().join(","));
  if (name.length <= LONGEST_POOL_NAME) return name;
  let hash = 0;
  for (let index = 0; index < name.length; index += 1) hash = (Math.imul(hash, 31) + name.charCodeAt(index)) >>> 0;
  return `${name.slice(0, LONGEST_POOL_NAME)}~${hash.toString(36)}`;
}

/** Names of buckets, slots and scopes hold no line ends; the ids of unknown models may. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
