import { calendarSpan } from "../tier/period.js";
import type { WindowRule } from "../tier/tier.js";
import type { Block, Denial, ReserveCommand } from "./ledger-store.js";

/** One settled row as a window sees it. */
export interface WindowEntry {
  readonly amount: number;
  readonly endedAt: number;
}

/** What one window has counted; the store fills it, {@link windowStart} says from when. */
export interface WindowCount {
  readonly used: number;
  /** Held by other live rows. */
  readonly held: number;
  /** Settled rows from the newest back; read only to say when a full rolling window frees. */
  entriesNewestFirst(): Iterable<WindowEntry>;
}

/** Everything about an account that an admission depends on. */
export interface AdmissionView {
  readonly now: number;
  /** Tickets of living holders before this call's. */
  readonly ahead: number;
  /** Rows that occupy a place: held, or lingering after an abort. */
  readonly live: number;
  /** Whether a live row is the probe after an assumed reset. */
  readonly probing: boolean;
  readonly windows: readonly WindowCount[];
  readonly block: Block | null;
}

export type Admission =
  | { readonly verdict: "admit"; readonly probe: boolean }
  | { readonly verdict: "wait"; readonly reason: "queue" | "concurrency" | "held" | "probe" }
  | { readonly verdict: "deny"; readonly denial: Denial };

/** The earliest end of a row that still counts in a window at `now`. */
export function windowStart(rule: WindowRule, now: number): number {
  if (rule.period.type === "rolling") return now - rule.period.spanMs + 1;
  // At the edge the old day counts on for the margin, and the new day counts the old one's last moments:
  // the server's clock may be either side of ours.
  return calendarSpan(rule.period, now - rule.marginMs).from - rule.marginMs;
}

/**
 * Whether a call may be sent now. Pure: no clock, no I/O, no randomness; every store decides with it.
 *
 * Denials come before the queue: a caller whose budget is spent should not wait to hear it.
 */
export function admit(command: ReserveCommand, view: AdmissionView): Admission {
  const { block, now } = view;
  if (block !== null && now < block.until) {
    return { verdict: "deny", denial: { ...blockDenial(block), now } };
  }
  let waitsForHeld = false;
  for (const [index, rule] of command.windows.entries()) {
    const count = view.windows[index];
    if (count === undefined) continue;
    const own = ownAmount(rule, command);
    const base = { rule: rule.id, used: count.used, limit: rule.limit, metric: rule.metric, now } as const;
    if (own > rule.limit) {
      return { verdict: "deny", denial: { ...base, reason: "cost", code: "request_cost", resetsAt: now } };
    }
    if (!fits(rule, count.used, own)) {
      const resetsAt = freesAt(rule, count, own, now);
      return {
        verdict: "deny",
        denial: { ...base, reason: "window", code: isHourly(rule) ? "hourly_quota" : "daily_quota", resetsAt },
      };
    }
    if (!fits(rule, count.used + count.held, own)) waitsForHeld = true;
  }
  if (view.ahead > 0) return { verdict: "wait", reason: "queue" };
  if (command.concurrency !== null && view.live >= command.concurrency)
    return { verdict: "wait", reason: "concurrency" };
  if (waitsForHeld) return { verdict: "wait", reason: "held" };
  if (block !== null && view.probing) return { verdict: "wait", reason: "probe" };
  return { verdict: "admit", probe: block !== null };
}

/** When the window resets, if nothing else is spent. */
export function windowResetsAt(rule: WindowRule, count: WindowCount, now: number): number {
  if (rule.period.type === "rolling") return freesAt(rule, count, 0, now);
  return calendarSpan(rule.period, now - rule.marginMs).to + rule.marginMs;
}

/** What the call itself adds to the decision: nothing when it is admitted on others' use alone. */
function ownAmount(rule: WindowRule, command: ReserveCommand): number {
  if (!command.countOwnHold) return 0;
  return rule.metric === "requests" ? 1 : command.heldApiTokens;
}

/** Without an own amount nothing is admitted once the limit is reached; with one, the sum must stay within it. */
function fits(rule: WindowRule, spent: number, own: number): boolean {
  return own > 0 ? spent + own <= rule.limit : spent < rule.limit;
}

/** Whether a window that is full is told of as an hour's quota, and not as a day's. */
export function isHourly({ period }: WindowRule): boolean {
  return period.type === "hour" || (period.type === "rolling" && period.spanMs <= 3_600_000);
}

function freesAt(rule: WindowRule, count: WindowCount, own: number, now: number): number {
  if (rule.period.type !== "rolling") return calendarSpan(rule.period, now - rule.marginMs).to + rule.marginMs;
  let sum = 0;
  for (const entry of count.entriesNewestFirst()) {
    sum += entry.amount;
    // This is the newest row that has to leave before the call fits.
    if (!fits(rule, sum, own)) return entry.endedAt + rule.period.spanMs;
  }
  return now;
}

function blockDenial(block: Block): Omit<Denial, "now"> {
  return {
    reason: "upstream",
    rule: block.rule,
    code: block.code,
    resetsAt: block.until,
    used: 0,
    limit: 0,
    metric: "apiTokens",
  };
}
