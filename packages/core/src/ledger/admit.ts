import {
  type Block,
  BREAKER,
  type Claim,
  type Denial,
  type FullWindow,
  type QuotaCode,
  type ReserveCommand,
} from "./ledger-store.js";
import { isMisdated } from "./misdated.js";
import { type ClaimCount, fits, isLong, passesAt } from "./window-time.js";

const HOUR_MS = 3_600_000;

/** Everything about an account that an admission depends on. */
export interface AdmissionView {
  readonly now: number;
  /** Earlier tickets for the same buckets and slots. */
  readonly aheadInLane: number;
  /** Per claim. */
  readonly counts: readonly ClaimCount[];
  /** Per slot: how many calls occupy it, and how many earlier tickets wait for nothing but slots. */
  readonly slots: readonly { readonly occupied: number; readonly ahead: number }[];
  /** Blocks of the command's scopes and buckets, and the breaker's. */
  readonly blocks: readonly Block[];
  /** Names of the blocks that a running call is the probe of. */
  readonly probing: ReadonlySet<string>;
}

export type Admission =
  | { readonly verdict: "admit"; readonly probes: readonly string[] }
  /** `readyAt`: before then `full`, a window or a block, does not let it pass. `closedUntil`: see {@link OPEN}. */
  | { readonly verdict: "wait"; readonly readyAt?: number; readonly full?: FullWindow; readonly closedUntil: number }
  | { readonly verdict: "deny"; readonly denial: Denial };

/** A ticket that waits for nothing but slots and earlier tickets: while it is the first of its lane, it and those behind it count in slots. */
export const OPEN = 0;
/** A ticket that waits for something else, whose end nobody knows. */
export const CLOSED: number = Number.MAX_SAFE_INTEGER;

/**
 * Whether a call may be sent now. Pure: no clock, no I/O, no randomness; every store decides with it.
 *
 * A call waits behind earlier tickets only in the buckets and slots that it shares with them. There the holds of earlier tickets count as
 * held, so that a small call never overtakes a big one. A ticket that waits for a window keeps no slot busy.
 *
 * Denials come before the queue: a caller whose budget is used up should not wait to hear it.
 */
export function admit(command: ReserveCommand, view: AdmissionView): Admission {
  const { now } = view;
  const { patienceMs } = command;
  const probes: string[] = [];
  let waits = view.aheadInLane > 0;
  let readyAt = now;
  let full: FullWindow | undefined;
  let closedUntil = OPEN;
  for (const block of view.blocks) {
    if (isInForce(block, now)) {
      if (block.name === BREAKER || block.until - now > patienceMs)
        return { verdict: "deny", denial: blockDenial(block, now) };
      if (block.until > readyAt) full = { rule: block.rule, used: 0, limit: 0 };
      readyAt = Math.max(readyAt, block.until);
    } else if (block.needsProbe) {
      probes.push(block.name);
      if (view.probing.has(block.name)) closedUntil = CLOSED;
    }
  }
  for (const [index, claim] of command.claims.entries()) {
    const count = view.counts[index];
    if (count === undefined) continue;
    const own = ownAmount(claim, command);
    if (own > claim.limit || claim.limit <= 0) {
      return { verdict: "deny", denial: claimDenial(claim, count, "cost", now, now) };
    }
    const { used, held, ahead } = count;
    const total = used + held + ahead;
    if (fits(claim.limit, total, own)) {
      // The call that goes over the limit goes alone: what is on its way arrives in any order, and would find nothing left after it.
      if (held + ahead > 0 && !fits(claim.limit, total, holdOf(claim, command))) closedUntil = CLOSED;
      continue;
    }
    if (isLong(claim) && fits(claim.limit, used, own)) {
      closedUntil = CLOSED;
      continue;
    }
    const passes = Math.max(now + 1, passesAt(claim, count, own, now));
    if (passes - now > patienceMs) return { verdict: "deny", denial: claimDenial(claim, count, "window", passes, now) };
    if (passes > readyAt) full = { rule: claim.rule, used: used + held, limit: claim.limit };
    readyAt = Math.max(readyAt, passes);
  }
  if (readyAt > now)
    return { verdict: "wait", readyAt, ...(full && { full }), closedUntil: Math.max(readyAt, closedUntil) };
  if (closedUntil !== OPEN) return { verdict: "wait", closedUntil };
  for (const [index, { limit }] of command.slots.entries()) {
    const { occupied, ahead } = view.slots[index] ?? { occupied: 0, ahead: 0 };
    if (occupied + ahead >= limit) waits = true;
  }
  return waits ? { verdict: "wait", closedUntil } : { verdict: "admit", probes };
}

/** Whether a block's end is still to come. One that ends later than any block can was set under a clock that was wrong. */
export function isInForce(block: Block, now: number): boolean {
  return now < block.until && !isMisdated(block, now);
}

/** The code of a window that is full for longer than a caller would wait. */
export function quotaCode({ period }: Claim, waitMs: number): QuotaCode {
  switch (period.type) {
    case "minute":
    case "hour":
      return "hourly_quota";
    case "month":
      return "monthly_quota";
    case "day":
      return "daily_quota";
    case "rolling":
      return period.spanMs <= HOUR_MS ? "hourly_quota" : "daily_quota";
    case "bucket":
      return waitMs <= HOUR_MS ? "hourly_quota" : "daily_quota";
  }
}

/** What the call itself adds to the decision: nothing when it is admitted on others' use alone. */
function ownAmount(claim: Claim, command: ReserveCommand): number {
  return claim.mustFit ? holdOf(claim, command) : 0;
}

function holdOf({ bucket }: Claim, { buckets }: ReserveCommand): number {
  return buckets.find(({ name }) => name === bucket)?.hold ?? 0;
}

function claimDenial(
  claim: Claim,
  { used }: ClaimCount,
  reason: "window" | "cost",
  resetsAt: number,
  now: number,
): Denial {
  const { rule, bucket, limit } = claim;
  const code = reason === "cost" ? "request_cost" : quotaCode(claim, resetsAt - now);
  return { reason, rule, bucket, code, resetsAt, used, limit, now };
}

function blockDenial({ name, rule, code, until }: Block, now: number): Denial {
  return { reason: name === BREAKER ? "breaker" : "upstream", rule, code, resetsAt: until, used: 0, limit: 0, now };
}
