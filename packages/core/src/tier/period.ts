import type { CalendarPeriod, Period } from "./tier.js";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A half-open stretch of time, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** How long a period is; of a month, the longest. */
export function lengthMs(period: Period): number {
  switch (period.type) {
    case "minute":
      return MINUTE_MS;
    case "hour":
      return HOUR_MS;
    case "day":
      return DAY_MS;
    case "month":
      return 31 * DAY_MS;
    case "rolling":
    case "bucket":
      return period.spanMs;
  }
}

/** The newest span of each period in a zone: to read a zone's clock takes longer than the rest of a step in the ledger. */
const newest: Map<string, Span> = new Map();

function remembered(period: Extract<CalendarPeriod, { zone: string }>, at: number, find: () => Span): Span {
  const key = `${period.type} ${period.resetHour} ${period.zone}`;
  const known = newest.get(key);
  if (known !== undefined && known.from <= at && at < known.to) return known;
  const span = find();
  newest.set(key, span);
  return span;
}

/** The calendar span of a period that holds `at`. */
export function calendarSpan(period: CalendarPeriod, at: number): Span {
  switch (period.type) {
    case "minute":
      return clockSpan(at, MINUTE_MS);
    case "hour":
      return clockSpan(at, HOUR_MS);
    case "day":
      return period.zone === "UTC"
        ? clockSpan(at, DAY_MS, period.resetHour * HOUR_MS)
        : remembered(period, at, () => daySpan(period, at));
    case "month":
      return remembered(period, at, () => monthSpan(period, at));
  }
}

function clockSpan(at: number, lengthMs: number, shiftMs = 0): Span {
  const from = Math.floor((at - shiftMs) / lengthMs) * lengthMs + shiftMs;
  return { from, to: from + lengthMs };
}

function daySpan({ zone, resetHour }: Extract<CalendarPeriod, { type: "day" }>, at: number): Span {
  const day = localDay(at, zone);
  const today = localHour(day, resetHour, zone);
  return at >= today
    ? { from: today, to: localHour(nextDay(day, 1), resetHour, zone) }
    : { from: localHour(nextDay(day, -1), resetHour, zone), to: today };
}

function monthSpan({ zone, resetHour }: Extract<CalendarPeriod, { type: "month" }>, at: number): Span {
  const day = localDay(at, zone);
  const begin = (months: number): number => localHour(firstOfMonth(day, months), resetHour, zone);
  const from = begin(0);
  return at >= from ? { from, to: begin(1) } : { from: begin(-1), to: from };
}

/** A calendar date as the UTC milliseconds of its midnight, so that dates can be counted with. */
type LocalDay = number;

function localDay(at: number, zone: string): LocalDay {
  return Math.floor((at + offsetMs(at, zone)) / DAY_MS) * DAY_MS;
}

function nextDay(day: LocalDay, days: number): LocalDay {
  return day + days * DAY_MS;
}

/** The first day of the month that is so many months after a day's. */
function firstOfMonth(day: LocalDay, months: number): LocalDay {
  const date = new Date(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1);
}

/** The instant at which a zone's clock first shows this hour of this date; on the day an hour is skipped, the first instant after. */
function localHour(day: LocalDay, hour: number, zone: string): number {
  const wall = day + hour * HOUR_MS;
  // The offset before the wanted instant, and the one at the first guess: around a change of daylight saving they differ.
  const before = wall - offsetMs(wall - DAY_MS, zone);
  const after = wall - offsetMs(wall + DAY_MS, zone);
  const candidates = [before, after].filter((instant) => instant + offsetMs(instant, zone) === wall);
  return candidates.length > 0 ? Math.min(...candidates) : Math.max(before, after);
}

const formats: Map<string, Intl.DateTimeFormat> = new Map();

/** How far the zone's clock is ahead of UTC at an instant. */
function offsetMs(at: number, zone: string): number {
  if (zone === "UTC") return 0;
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const part of format.formatToParts(at)) parts[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(at / 1_000) * 1_000;
}
