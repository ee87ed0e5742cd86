import { calendarSpan } from "../tier/period.js";
import type { Claim } from "./ledger-store.js";

const HOUR_MS = 3_600_000;
/** More periods than anybody would wait for. */
export const MOST_PERIODS = 64;

/** Rows of a full rolling window that are looked at: what is said of one that needs more to leave is a lower bound. */
export const MOST_ROWS_LOOKED_AT = 32;

/**
 * How far ahead of the clock a row may lie and still count. A clock that is set back by hours, as from a wrong zone, has lost nothing
 * then. One that was further ahead was plainly wrong: what was charged under it would fill a window each day until that time is reached.
 * One bound for all windows, of months and minutes alike, so that one sum of the rows beyond it serves all that count in a bucket.
 */
export const MOST_AHEAD_MS = 86_400_000;

/** A row as a window counts it. */
export interface CountedRow {
  readonly at: number;
  readonly amount: number;
}

/** What stands against a claim. */
export interface ClaimCount {
  /** Charged within the window; of a refilling bucket, what has not drained yet. Never under 0, also where corrections come to more than charges. */
  readonly used: number;
  /** Held by other calls that run. */
  readonly held: number;
  /** Held by the tickets of earlier calls. */
  readonly ahead: number;
  /** Rows of a rolling window from the oldest on. A store may end the list early: what it would say is then a lower bound. */
  oldestFirst(): Iterable<CountedRow>;
}

/** The earliest moment at which a row counts in a window at `now`; a refilling bucket has none. */
export function windowStart({ period, marginMs }: Claim, now: number): number {
  if (period.type === "bucket") return Number.NEGATIVE_INFINITY;
  if (period.type === "rolling") return now - period.spanMs + 1;
  // At the edge the old period counts on for the margin, and the new one counts the old one's last moments: the server's clock may be
  // either side of ours.
  return calendarSpan(period, now - marginMs).from - marginMs;
}

/** The earliest moment at which a row does not count at `now`, whatever the window. */
export function windowEnd(now: number): number {
  return now + MOST_AHEAD_MS + 1;
}

/** Names what a running sum of a claim's bucket depends on, beside the bucket. */
export function windowKey({ period, marginMs }: Claim): string {
  switch (period.type) {
    case "rolling":
      return `rolling ${period.spanMs}`;
    case "bucket":
      return `bucket ${period.spanMs}`;
    case "hour":
    case "minute":
      return `${period.type} ${marginMs}`;
    case "day":
    case "month":
      return `${period.type} ${marginMs} ${period.resetHour} ${period.zone}`;
  }
}

/** Without an own amount nothing is admitted once the limit is reached; with one, the sum must stay within it. */
export function fits(limit: number, spent: number, own: number): boolean {
  return own > 0 ? spent + own <= limit : spent < limit;
}

/** Whether what runs may well cost less than it holds before the window ends: then a call waits for that, and is not denied. */
export function isLong({ period }: Claim): boolean {
  return period.type === "day" || period.type === "month" || (period.type === "rolling" && period.spanMs > HOUR_MS);
}

/**
 * When a call passes a claim that it does not pass now, if all that is held is used as held.
 *
 * @param own what must fit as well
 */
export function passesAt(
  claim: Claim,
  { used, held, ahead, oldestFirst }: ClaimCount,
  own: number,
  now: number,
): number {
  const { period, limit, marginMs } = claim;
  let rest = held + ahead;
  if (period.type === "bucket") {
    const excess = used + rest + own - limit;
    // Level with the limit, a call passes that brings an amount of its own, and no other.
    return now + Math.max(1, Math.ceil((excess * period.spanMs) / limit) + (own > 0 ? 0 : 1));
  }
  if (period.type === "rolling") {
    let rounds = 0;
    while (!fits(limit, rest, own)) {
      rest -= limit;
      rounds += 1;
    }
    let sum = used + rest;
    let last: number | undefined;
    let looked = 0;
    for (const row of oldestFirst()) {
      // Rows of one moment leave together. Stores list them in different orders, and a correction may take away what a call adds.
      if (looked === MOST_ROWS_LOOKED_AT || (row.at !== last && fits(limit, sum, own))) break;
      looked += 1;
      sum -= row.amount;
      last = row.at;
    }
    return (last === undefined ? now : last + period.spanMs) + rounds * period.spanMs;
  }
  // This period takes some of what is held before it ends, and each that follows as much as it can.
  rest = Math.max(0, rest - Math.max(0, limit - used));
  let at = calendarSpan(period, now - marginMs).to;
  for (let periods = 0; !fits(limit, rest, own) && periods < MOST_PERIODS; periods += 1) {
    rest = Math.max(0, rest - limit);
    at = calendarSpan(period, at).to;
  }
  return at + marginMs;
}

/** When the window resets, if nothing else is used. */
export function windowResetsAt(claim: Claim, count: Pick<ClaimCount, "used" | "oldestFirst">, now: number): number {
  const { period, limit, marginMs } = claim;
  if (period.type !== "rolling" && period.type !== "bucket") return calendarSpan(period, now - marginMs).to + marginMs;
  return fits(limit, count.used, 0) ? now : passesAt(claim, { ...count, held: 0, ahead: 0 }, 0, now);
}

/**
 * The level of a refilling bucket: what was charged, less what has drained since. Rows in their order, none older than the start. Those
 * that a clock left ahead of now count in full, and drain nothing before their time. A correction may lower it, never under 0: rows of one
 * moment count as one amount, since stores list them in different orders.
 *
 * @param start its level is in the same unit as the answer
 * @returns in amounts times the span: of whole amounts a whole number, so that all stores come to the same, whichever way they add it up
 */
export function drainedLevel(
  { limit, spanMs }: { readonly limit: number; readonly spanMs: number },
  start: { readonly at: number; readonly level: number },
  rows: Iterable<CountedRow>,
  now: number,
): number {
  let { at, level } = start;
  for (const row of rows) {
    const rowAt = Math.min(row.at, now);
    if (rowAt > at) level = Math.max(0, level - limit * (rowAt - at));
    level += row.amount * spanMs;
    at = rowAt;
  }
  return Math.max(0, level - limit * Math.max(0, now - at));
}
