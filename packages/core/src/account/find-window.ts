import type { Meter } from "../cost/meter.js";
import type { SignalPeriod } from "../provider/signals.js";
import { lengthMs } from "../tier/period.js";
import type { Period, WindowRule } from "../tier/tier.js";

/** What a provider says of a window; what it does not say may be anything. */
export interface NamedWindow {
  readonly meter?: Meter | undefined;
  readonly period?: SignalPeriod | undefined;
  readonly scope?: WindowRule["scope"] | undefined;
}

const DAY_MS = 86_400_000;
const SPANS: Readonly<Record<SignalPeriod, readonly [least: number, most: number]>> = {
  minute: [60_000, 60_000],
  hour: [3_600_000, 3_600_000],
  day: [DAY_MS, DAY_MS],
  month: [28 * DAY_MS, 31 * DAY_MS],
};
const NARROWEST_FIRST: readonly WindowRule["scope"][] = ["model", "pool", "account"];

/** The window, of those that bind a call, that a provider speaks of. Of several the narrowest: what is said of one model must not close others. */
export function findWindow(
  windows: readonly WindowRule[],
  { meter, period, scope }: NamedWindow,
): WindowRule | undefined {
  const fitting = windows.filter((rule) => isNamed(rule, { meter, period, scope }));
  for (const wanted of NARROWEST_FIRST) {
    const found = fitting.find((rule) => rule.scope === wanted);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a window may be the one that a provider speaks of. */
export function isNamed(rule: WindowRule, { meter, period, scope }: NamedWindow): boolean {
  return (
    (meter === undefined || rule.meter === meter) &&
    (period === undefined || isOf(rule.period, period)) &&
    (scope === undefined || rule.scope === scope)
  );
}

/** Windows that roll or refill count as the period that is as long. */
function isOf(period: Period, wanted: SignalPeriod): boolean {
  if (period.type !== "rolling" && period.type !== "bucket") return period.type === wanted;
  const [least, most] = SPANS[wanted];
  const spanMs = lengthMs(period);
  return least <= spanMs && spanMs <= most;
}
