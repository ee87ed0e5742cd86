import { type CostUnit, type Metric, metricOf, unitOf } from "../cost/meter.js";
import { calendarSpan } from "../tier/period.js";
import type { WindowRule } from "../tier/tier.js";

/** What one window of the tier has left. */
export interface WindowLeft {
  /** Id of the rule. */
  readonly rule: string;
  readonly metric: Metric;
  /** What is counted, in words. */
  readonly unit: string;
  readonly limit: number;
  readonly remaining: number;
  /** Absent for windows that free bit by bit: rolling ones, and buckets that refill. */
  readonly resetsAt?: Date;
}

/**
 * Remaining quota per window after a call.
 *
 * @param used per window, what others have used and hold
 * @param chargeOf what the call adds to a window
 */
export function remainingAfter(
  windows: readonly WindowRule[],
  used: readonly number[],
  chargeOf: (rule: WindowRule) => number,
  now: number,
  unit: CostUnit,
): WindowLeft[] {
  return windows.map((rule, index) => {
    const { id, meter, limit, period, marginMs } = rule;
    const own = chargeOf(rule);
    const remaining = Math.max(0, Math.round(limit - (used[index] ?? 0) - own));
    const left = { rule: id, metric: metricOf(meter, unit), unit: unitOf(meter, unit), limit, remaining };
    if (period.type === "rolling" || period.type === "bucket") return left;
    return { ...left, resetsAt: new Date(calendarSpan(period, now - marginMs).to + marginMs) };
  });
}

/** The window of one metric that has the least left. */
export function tightest(windows: readonly WindowLeft[], metric: Metric): WindowLeft | undefined {
  let least: WindowLeft | undefined;
  for (const window of windows) {
    if (window.metric === metric && window.remaining < (least?.remaining ?? Number.POSITIVE_INFINITY)) least = window;
  }
  return least;
}

/** What clients call the kinds of windows in headers: tokens are the provider's own unit where it has one. */
const NAMES = [
  [["requests"], "requests"],
  [["apiTokens", "credits", "tokens"], "tokens"],
] as const;

/** The tightest window of each kind, by what clients call it. */
export function tightestByName(windows: readonly WindowLeft[]): (readonly [name: string, window: WindowLeft])[] {
  return NAMES.flatMap(([metrics, name]) => {
    const window = metrics.map((metric) => tightest(windows, metric)).find((found) => found !== undefined);
    return window === undefined ? [] : [[name, window] as const];
  });
}
