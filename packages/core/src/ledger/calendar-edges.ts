import { calendarSpan } from "../tier/period.js";
import type { Period } from "../tier/tier.js";

/** How far the clocks of a machine and of its store may lie apart before the edges have to be made for the store's. */
const REACH_MS = { day: 36 * 3_600_000, hour: 3 * 3_600_000 } as const;

/** The edges of a calendar around a moment, in order: for a store that has a clock and no calendar. */
export function calendarEdges(period: Exclude<Period, { type: "rolling" }>, around: number): number[] {
  const reach = REACH_MS[period.type];
  let { from } = calendarSpan(period, around - reach);
  const edges = [from];
  while (from <= around + reach) {
    from = calendarSpan(period, from).to;
    edges.push(from);
  }
  return edges;
}
