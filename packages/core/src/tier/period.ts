import type { Period } from "./tier.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A half-open stretch of time, epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The calendar span of a day or hour period that holds `at`. Pure. */
export function calendarSpan(period: Exclude<Period, { type: "rolling" }>, at: number): Span {
  if (period.type === "hour") {
    const from = Math.floor(at / HOUR_MS) * HOUR_MS;
    return { from, to: from + HOUR_MS };
  }
  const shiftMs = period.resetHour * HOUR_MS;
  if (period.zone === "UTC") {
    const from = Math.floor((at - shiftMs) / DAY_MS) * DAY_MS + shiftMs;
    return { from, to: from + DAY_MS };
  }
  const day = localDay(at, period.zone);
  const today = localHour(day, period.resetHour, period.zone);
  return at >= today
    ? { from: today, to: localHour(nextDay(day, 1), period.resetHour, period.zone) }
    : { from: localHour(nextDay(day, -1), period.resetHour, period.zone), to: today };
}

/** A calendar date as the UTC milliseconds of its midnight, so that dates can be counted with. */
type LocalDay = number;

function localDay(at: number, zone: string): LocalDay {
  return Math.floor((at + offsetMs(at, zone)) / DAY_MS) * DAY_MS;
}

function nextDay(day: LocalDay, days: number): LocalDay {
  return day + days * DAY_MS;
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
