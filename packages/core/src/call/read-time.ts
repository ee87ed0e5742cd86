import type { TimeFormat } from "../provider/signals.js";

const DAY_MS = 86_400_000;
/** What lies further ahead, or back, is no reset of any window: the header means something else, or is broken. */
const MOST_MS = 62 * DAY_MS;

/** Reads when something is over. @returns milliseconds from now; `undefined` for what is no such time, or no sensible one */
export function readTime(text: string, format: TimeFormat, now: number): number | undefined {
  switch (format) {
    case "duration":
      return sensible(readDuration(text.trim()));
    case "seconds":
      return sensible(readNumber(text) * 1_000);
    case "epoch-milliseconds":
      return fromNow(readNumber(text), now);
    case "epoch-seconds":
      return fromNow(readNumber(text) * 1_000, now);
    case "date":
      // `Date.parse` takes "-1" for the year 2001.
      return fromNow(/^\s*[A-Z][a-z]+,? /.test(text) ? Date.parse(text) : Number.NaN, now);
  }
}

/** As HTTP has it: seconds, or a date. */
export function readRetryAfter(text: string, now: number): number | undefined {
  return readTime(text, "seconds", now) ?? readTime(text, "date", now);
}

const UNIT_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};

/** Go's: numbers with units, and nothing between. */
function readDuration(text: string): number {
  if (text === "0") return 0;
  if (text === "") return Number.NaN;
  const part = /(\d{1,15}(?:\.\d{1,15})?)(h|ms|m|s|us|µs|ns)/y;
  let ms = 0;
  while (part.lastIndex < text.length) {
    const [, amount = "", unit = ""] = part.exec(text) ?? [];
    const unitMs = UNIT_MS[unit];
    if (unitMs === undefined) return Number.NaN;
    ms += Number(amount) * unitMs;
  }
  return ms;
}

function readNumber(text: string): number {
  return /^\s*\d{1,20}(?:\.\d{1,20})?\s*$/.test(text) ? Number(text) : Number.NaN;
}

/** An instant that has just passed is over: clocks differ. */
function fromNow(instant: number, now: number): number | undefined {
  const ms = instant - now;
  return ms < 0 && ms >= -MOST_MS ? 0 : sensible(ms);
}

/** Rounded up: a moment too early is refused. But not for what binary fractions add: 33011.38 s are 33011380.000000004 ms. */
function sensible(ms: number): number | undefined {
  return ms >= 0 && ms <= MOST_MS ? Math.ceil(Number(ms.toFixed(3))) : undefined;
}
