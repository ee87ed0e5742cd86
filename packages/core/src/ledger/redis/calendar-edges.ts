import { calendarSpan } from "../../tier/period.js";
import type { CalendarPeriod } from "../../tier/tier.js";

/** How far the clocks of a machine and of its store may lie apart before the edges have to be made for the store's. */
const REACH_MS = {
  minute: 3 * 60_000,
  hour: 3 * 3_600_000,
  day: 36 * 3_600_000,
  month: 36 * 3_600_000,
} as const;

/** The edges of a calendar around a moment, in order: for a store that has a clock and no calendar. */
export type CalendarEdges = (period: CalendarPeriod, around: number, periodsAhead: number) => readonly number[];

/** Keeps the newest edges of each period: a time zone's are dear to find, and serve for hours. */
export function createCalendarEdges(): CalendarEdges {
  const known: Map<string, readonly number[]> = new Map();
  return (period, around, periodsAhead) => {
    const key = JSON.stringify(period);
    const edges = known.get(key);
    if (edges !== undefined && serve(edges, REACH_MS[period.type] / 2, around, periodsAhead)) return edges;
    const found = edgesAround(period, around, periodsAhead);
    known.set(key, found);
    return found;
  };
}

function serve(edges: readonly number[], reachMs: number, around: number, periodsAhead: number): boolean {
  const [first = 0] = edges;
  const last = edges.at(-1 - periodsAhead) ?? 0;
  return first <= around - reachMs && around + reachMs < last;
}

function edgesAround(period: CalendarPeriod, around: number, periodsAhead: number): number[] {
  const reachMs = REACH_MS[period.type];
  let { from } = calendarSpan(period, around - reachMs);
  const edges = [from];
  for (let ahead = 0; ahead < periodsAhead || from <= around + reachMs; ) {
    if (from > around + reachMs) ahead += 1;
    from = calendarSpan(period, from).to;
    edges.push(from);
  }
  return edges;
}
