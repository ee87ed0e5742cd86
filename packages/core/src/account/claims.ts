import { amountOf, type CallUse } from "../cost/meter.js";
import type { BucketHold, Claim } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { bucketName, COST_BUCKET } from "./bucket-name.js";

/** What a call may use, before it is known. */
export interface CallHold {
  /** What others see held. */
  readonly usual: CallUse;
  /** With the longest answer that it asks for. */
  readonly worst: CallUse;
  /** The same before anything was learned: what a request is made to fit into an empty window by. @default `worst` */
  readonly estimated?: CallUse | undefined;
}

/**
 * The claims of windows on a model's calls.
 *
 * @param model its primary id: its aliases share one count
 * @param isWorstCase whether what the call holds must fit into every window
 */
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
export function mustAlwaysFit({ meter, period, hold, mustFit }: WindowRule): boolean {
  return mustFit === true || meter === "requests" || period.type === "bucket" || hold === "asked";
}

/** What a call holds in a window. A prompt that has to fit may be denser than usual; nobody knows in advance how long an answer gets. */
export function holdOf(
  { meter, hold, mustFit, limit }: Pick<WindowRule, "meter" | "hold" | "mustFit" | "limit">,
  { usual, worst, estimated = worst }: CallHold,
): number {
  const isWorst = hold === "asked" || (mustFit === true && meter === "inputTokens");
  if (!isWorst) return amountOf(meter, usual);
  const amount = amountOf(meter, worst);
  // What was learned later keeps no request out of an empty window that it was made to fit into.
  return amount > limit && amountOf(meter, estimated) <= limit ? limit : amount;
}

/** The buckets that a call counts in: that of its cost, and those of the windows that bind it. */
export function bucketsOf(windows: readonly WindowRule[], model: string, hold: CallHold): BucketHold[] {
  const buckets: Map<string, BucketHold> = new Map();
  buckets.set(COST_BUCKET, { name: COST_BUCKET, hold: hold.usual.credits });
  for (const rule of windows) {
    const name = bucketName(rule, model);
    buckets.set(name, {
      name,
      hold: holdOf(rule, hold),
      ...(rule.countFrom === "start" ? { countFrom: "start" } : {}),
    });
  }
  return [...buckets.values()];
}

/** What a window is charged for a call that has used so much: with `hold: "asked"` the hold, if it is more and there is no refund. */
export function chargeOf(rule: WindowRule, hold: CallHold, use: CallUse): number {
  const amount = amountOf(rule.meter, use);
  return rule.hold === "asked" && rule.refund !== true ? Math.max(amount, holdOf(rule, hold)) : amount;
}

/** The charges of a call, by bucket. */
export function chargesOf(
  windows: readonly WindowRule[],
  model: string,
  hold: CallHold,
  use: CallUse,
): Record<string, number> {
  const charges: Record<string, number> = { [COST_BUCKET]: use.credits };
  for (const rule of windows) charges[bucketName(rule, model)] = chargeOf(rule, hold, use);
  return charges;
}

/** The charges of a request that is free, by bucket: one request where windows count failures, and nothing else. */
export function freeCharges(windows: readonly WindowRule[], model: string): Record<string, number> {
  const charges: Record<string, number> = { [COST_BUCKET]: 0 };
  for (const rule of windows) charges[bucketName(rule, model)] = rule.countsFailures === true ? 1 : 0;
  return charges;
}
