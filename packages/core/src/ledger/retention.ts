import { lengthMs } from "../tier/period.js";
import type { Claim } from "./ledger-store.js";

const DAY_MS = 86_400_000;

/** Longest time a slot stays taken after its call ended. A bound, so that a clock set back can't make old rows look alive for long. */
export const MAX_LINGER_MS = 10_000;

/** A holder that runs gives a sign this often; the engine's heartbeat. */
export const HEARTBEAT_MS = 5_000;
/** After an abort, or the death of its sender, a request may still run upstream for a while. */
export const ABORT_LINGER_MS = 5_000;

/** Until when the slots of a dead holder are kept: it died after its last sign, and before the next would have come. */
export function slotsOfDeadUntil(seenAt: number, now: number): number {
  return Math.max(now, Math.min(now, seenAt + HEARTBEAT_MS) + ABORT_LINGER_MS);
}

/** How long a settled row can matter to these claims: a calendar period in any zone, with its margin, lies within one more day. */
export function retentionMs(claims: readonly Claim[]): number {
  let longest = 0;
  for (const { period } of claims) {
    // What was charged over a bucket's limit takes longer to drain than the span.
    const matters = lengthMs(period) * (period.type === "bucket" ? 4 : 1);
    longest = Math.max(longest, matters + DAY_MS);
  }
  return longest;
}

/** Whether an ended row still occupies its slots. */
export function isLingering(freeAt: number, now: number): boolean {
  return freeAt > now && freeAt <= now + MAX_LINGER_MS;
}
