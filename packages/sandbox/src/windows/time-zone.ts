const dayMs = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(timeZone, format);
  return format;
}

/** How far the zone's clocks are ahead of UTC at a moment, by the rules of the time-zone database. */
function offsetAt(timeZone: string, at: number): number {
  if (timeZone === "UTC") return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

/** The moment at which the zone's clocks show this. Asked twice, because the first guess may lie across a change of the clocks. */
function momentOf(timeZone: string, local: number): number {
  const guess = local - offsetAt(timeZone, local);
  return local - offsetAt(timeZone, guess);
}

export type CalendarUnit = "minute" | "day" | "month";

/** Start and end of the minute, day or month of a moment, as the zone's calendar has them; a day may last 23 or 25 hours. */
export function calendarSpan(unit: CalendarUnit, timeZone: string, at: number): { start: number; end: number } {
  if (unit === "minute") {
    const start = Math.floor(at / 60_000) * 60_000;
    return { start, end: start + 60_000 };
  }
  const local = at + offsetAt(timeZone, at);
  const midnight = Math.floor(local / dayMs) * dayMs;
  const date = new Date(local);
  const [first, next] =
    unit === "day"
      ? [midnight, midnight + dayMs]
      : [0, 1].map((months) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  return { start: momentOf(timeZone, first ?? 0), end: momentOf(timeZone, next ?? 0) };
}
