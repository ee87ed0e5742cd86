import type { WindowRule } from "../tier/tier.js";

/** The bucket of what calls cost. Every call counts in it, whatever windows there are: costs are learned from it. */
export const COST_BUCKET = "credits";

/** What tells the buckets of a rule apart. */
export type BucketRule = Pick<WindowRule, "metric" | "per" | "class" | "surface">;

/** The bucket that a rule counts a model's calls in. Rules that differ in limit or period alone share one. */
export function bucketName({ metric, per, class: modelClass, surface }: BucketRule, model: string): string {
  const meter = metric === "requests" ? "requests" : COST_BUCKET;
  const ofClass = modelClass === undefined ? "" : `:${modelClass}`;
  const ofSurface = surface === "both" ? "" : `@${surface}`;
  return `${meter}${ofClass}${ofSurface}${per === "model" ? `:${oneLine(model)}` : ""}`;
}

/** Names of buckets, slots and scopes hold no line ends; the ids of unknown models may. */
export function oneLine(text: string): string {
  return text.replace(/\s+/g, " ");
}
