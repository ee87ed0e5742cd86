import { type CalendarUnit, calendarSpan } from "./time-zone.js";
import { tolerance, type Window } from "./window.js";

/** Begins anew with each minute, day or month of a time zone's calendar. */
export function createCalendarWindow(limit: number, unit: CalendarUnit, timeZone: string): Window {
  let span = { start: 0, end: 0 };
  let count = 0;

  const isCurrent = (at: number) => at >= span.start && at < span.end;
  const used = (at: number): number => (isCurrent(at) ? count : 0);
  const endOf = (at: number): number => (isCurrent(at) ? span.end : calendarSpan(unit, timeZone, at).end);

  return {
    limit,
    used,
    add(amount, at) {
      count = Math.max(0, used(at) + amount);
      if (!isCurrent(at)) span = calendarSpan(unit, timeZone, at);
    },
    fitsAt(amount, at) {
      if (used(at) + amount <= limit + tolerance) return at;
      return amount > limit + tolerance ? Number.POSITIVE_INFINITY : endOf(at);
    },
    resetsAt: endOf,
  };
}
