import type { RemainingWindow } from "./account/look.js";
import { calendarSpan, lengthMs } from "./tier/period.js";

/** Calls that each add as much to a window. */
export interface WindowPart {
  readonly each: number;
  readonly requests: number;
}

/** What a job takes of a window. */
export interface WindowNeed {
  /** Windows it takes, the present one included: 1 where it fits into what is left. */
  readonly windows: number;
  /** Milliseconds until its last call passes; 0 where it fits into what is left. */
  readonly takesMs: number;
}

const FITS: WindowNeed = { windows: 1, takesMs: 0 };

/**
 * Spreads a job over the windows of a rule, call by call: none is divided among two of them.
 *
 * @param paceMs what shorter windows make the whole job take: no window gets more calls than pass while it lasts
 */
export function spreadOver(window: RemainingWindow, parts: readonly WindowPart[], now: number, paceMs = 0): WindowNeed {
  const { rule, used, held, resetsAt } = window;
  const { limit, period } = rule;
  const left = limit - used - held;
  if (period.type === "bucket") return refill(left, limit, parts, period.spanMs);
  const length = lengthMs(period);
  const first = period.type === "rolling" ? length : Math.max(0, resetsAt - now);
  const amount = amountOf(parts);
  const within = (ms: number): number =>
    paceMs === 0 || amount === 0 ? Number.POSITIVE_INFINITY : (amount * ms) / paceMs;
  const { windows, last } = windowsFor(parts, Math.min(left, within(first)), Math.min(limit, within(length)));
  if (windows === 1) return FITS;
  const lastMs = amount === 0 ? 0 : Math.min((paceMs * last) / amount, length - 1);
  return { windows, takesMs: first + (windows - 2) * length + Math.floor(lastMs) };
}

/** A window as it stands at a later moment, if nothing passes until then. */
export function windowAt(window: RemainingWindow, now: number, later: number): RemainingWindow {
  const { rule, used, resetsAt } = window;
  const { period, limit, marginMs } = rule;
  if (later <= now) return window;
  if (period.type === "bucket")
    return { ...window, used: Math.max(0, used - (limit * (later - now)) / period.spanMs), held: 0 };
  if (period.type === "rolling") return later - now < period.spanMs ? window : { ...window, used: 0, held: 0 };
  if (later < resetsAt) return window;
  return { ...window, used: 0, held: 0, resetsAt: calendarSpan(period, later - marginMs).to + marginMs };
}

/** @returns the windows, and what the last of them holds of the job */
function windowsFor(
  parts: readonly WindowPart[],
  leftNow: number,
  limit: number,
): { readonly windows: number; readonly last: number } {
  let windows = 1;
  let left = leftNow;
  for (const { each, requests } of parts) {
    if (requests === 0) continue;
    // Once nothing is left nothing is admitted, whatever it costs.
    if (left <= 0) {
      windows += 1;
      left = limit;
    }
    if (each === 0) continue;
    const now = Math.min(requests, callsWithin(left, each, limit));
    const later = requests - now;
    left -= now * each;
    if (later === 0) continue;
    const more = Math.ceil(later / callsWithin(limit, each, limit));
    windows += more;
    left = limit - (later - (more - 1) * callsWithin(limit, each, limit)) * each;
  }
  return { windows, last: limit - left };
}

function amountOf(parts: readonly WindowPart[]): number {
  return parts.reduce((sum, { each, requests }) => sum + each * requests, 0);
}

/** Calls that fit. One that is larger than a whole window passes while anything is left, and takes all of it. */
function callsWithin(left: number, each: number, limit: number): number {
  // Sums of fractions may be a little more than what they are sums of.
  return each > limit ? 1 : Math.floor(left / each + 1e-9);
}

/** What refills all the time has no windows: what does not fit now passes at the rate at which it refills. */
function refill(left: number, limit: number, parts: readonly WindowPart[], spanMs: number): WindowNeed {
  const amount = amountOf(parts);
  if (amount <= left && (left > 0 || amount === 0)) return FITS;
  const missing = amount - left;
  return { windows: 1 + Math.ceil(missing / limit), takesMs: Math.ceil((missing / limit) * spanMs) };
}
