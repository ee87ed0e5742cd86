import type { Lesson } from "../ledger/ledger-store.js";
import { calendarSpan, lengthMs } from "../tier/period.js";
import type { WindowRule } from "../tier/tier.js";
import { bucketName } from "./bucket-name.js";
import { type CallHold, claimsOf, holdOf } from "./claims.js";
import { findWindow, type NamedWindow } from "./find-window.js";

/** What an answer says of a window. */
export interface WindowHint extends NamedWindow {
  readonly remaining?: number;
  readonly limit?: number;
  /** When it begins anew, epoch milliseconds. */
  readonly resetsAt?: number;
}

/** Which of a call's windows still count it once it is over: all, those that count failures, or none. */
export type Kept = "all" | "failures" | "none";

/** The call whose answer it was. */
export interface HeardCall {
  readonly model: string;
  /** The windows that bind it. */
  readonly windows: readonly WindowRule[];
  /** Per window, what others had used and held when it was admitted. */
  readonly used: readonly number[];
  readonly hold: CallHold;
  readonly fence: number;
  readonly kept: Kept;
}

const HOUR_MS = 3_600_000;

/**
 * What the account learns from an answer's hints; nothing where they say what it counts itself. Said while the call is still held: the
 * server counts it already.
 */
export function lessonsOf(hints: readonly WindowHint[], call: HeardCall, now: number): Lesson[] {
  const lessons: Lesson[] = [];
  for (const hint of hints) {
    const rule = findWindow(call.windows, hint);
    // With a limit of 0 an answer that was given counts nothing here; a refusal says no more than when it is over.
    if (rule === undefined || hint.remaining === undefined || (hint.limit === 0 && call.kept !== "none")) continue;
    const block = hint.remaining <= 0 ? blockUntilReset(rule, hint.resetsAt, call.model, now) : undefined;
    // What was used elsewhere would be charged until our own edge, long after a server that begins anew before it.
    const isOnlyBlocked = hint.limit === 0 || (block !== undefined && endsBefore(block.until, rule, now));
    const use = isOnlyBlocked ? undefined : useLesson(rule, hint.remaining, hint.limit, call, now);
    if (use !== undefined) lessons.push(use);
    if (block !== undefined) lessons.push(block);
  }
  return lessons;
}

/** A larger limit than the tier's is the one that the server counts down from; a smaller one leaves no more than it says. */
function useLesson(
  rule: WindowRule,
  remaining: number,
  limit: number | undefined,
  { model, windows, used: counted, hold, fence, kept }: HeardCall,
  now: number,
): Lesson | undefined {
  const used = Math.max(0, Math.max(rule.limit, limit ?? 0) - remaining);
  const others = counted[windows.indexOf(rule)] ?? 0;
  const own = holdOf(rule, hold);
  const isKept = kept === "all" || (kept === "failures" && rule.countsFailures === true);
  // Between the two the server has counted the call in part, or not yet.
  if (isKept ? used >= others && used <= others + own : used === others) return undefined;
  if (used < others && !mayForget(rule, windows, model, now)) return undefined;
  const [claim] = claimsOf([rule], model, false);
  // What the call holds now it will give back.
  return claim === undefined ? undefined : { kind: "use", claim, used: isKept ? used : used + own, fence };
}

/**
 * Whether less can be believed of a window. It is charged once in the bucket, at the present: another window that counts the same rows would
 * forget what it has to remember, and so would a window that rolls on, once the rows that were told to be less have left it. Within the
 * margin of an edge the count may be of the window before or after: taken for this one's, the new one would let as much more through.
 */
function mayForget(rule: WindowRule, windows: readonly WindowRule[], model: string, now: number): boolean {
  const { period, marginMs } = rule;
  const bucket = bucketName(rule, model);
  if (period.type === "rolling" || windows.some((other) => other !== rule && bucketName(other, model) === bucket))
    return false;
  if (period.type === "bucket") return true;
  const { from, to } = calendarSpan(period, now);
  return now - from >= marginMs && to - now > marginMs;
}

function endsBefore(at: number, { period, marginMs }: WindowRule, now: number): boolean {
  return period.type !== "rolling" && period.type !== "bucket" && at < calendarSpan(period, now).to - marginMs;
}

/** A window of which nothing is left is closed until the server's own reset, which may differ from ours. One that refills has none. */
function blockUntilReset(
  rule: WindowRule,
  resetsAt: number | undefined,
  model: string,
  now: number,
): Extract<Lesson, { kind: "block" }> | undefined {
  const { id, period } = rule;
  if (resetsAt === undefined || resetsAt <= now || period.type === "rolling" || period.type === "bucket")
    return undefined;
  const longestMs = lengthMs(period) + HOUR_MS;
  const code = period.type === "day" ? "daily_quota" : period.type === "month" ? "monthly_quota" : "hourly_quota";
  return {
    kind: "block",
    name: bucketName(rule, model),
    until: Math.min(resetsAt, now + longestMs),
    longestMs,
    code,
    rule: id,
    needsProbe: false,
  };
}
