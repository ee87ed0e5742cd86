import type { BucketHold, Claim } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { bucketName, COST_BUCKET } from "./bucket-name.js";

/** What a call may use, before it is known. */
export interface CallUse {
  /** Primary id of the model: its aliases share one count. */
  readonly model: string;
  /** API tokens. */
  readonly cost: number;
}

/** The claims of windows on a model's calls. */
export function claimsOf(windows: readonly WindowRule[], model: string, isWorstCase: boolean): Claim[] {
  return windows.map((rule) => ({
    bucket: bucketName(rule, model),
    rule: rule.id,
    limit: rule.limit,
    period: rule.period,
    marginMs: rule.marginMs,
    mustFit: isWorstCase || mustAlwaysFit(rule),
  }));
}

/**
 * A request is never less than one. And something is left of a bucket that refills a moment after it was empty, which says nothing:
 * there the usual amount has to fit.
 */
function mustAlwaysFit({ metric, period }: WindowRule): boolean {
  return metric === "requests" || period.type === "bucket";
}

/** The buckets that a call counts in: that of its cost, and those of the windows that bind it. */
export function bucketsOf(windows: readonly WindowRule[], { model, cost }: CallUse): BucketHold[] {
  const holds: Map<string, number> = new Map([[COST_BUCKET, cost]]);
  for (const rule of windows) holds.set(bucketName(rule, model), amountOf(rule, cost));
  return [...holds].map(([name, hold]) => ({ name, hold }));
}

/** What one call adds to a window: one request, or its API tokens. */
export function amountOf({ metric }: Pick<WindowRule, "metric">, cost: number): number {
  return metric === "requests" ? 1 : cost;
}

/** The amounts of a call that has cost so much, by bucket. */
export function amountsOf(windows: readonly WindowRule[], use: CallUse): Record<string, number> {
  return Object.fromEntries(bucketsOf(windows, use).map(({ name, hold }) => [name, hold]));
}
