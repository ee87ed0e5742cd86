import type { WindowRule } from "../tier/tier.js";

const DAY_MS = 86_400_000;

/** Longest time a place stays taken after its call ended. A bound, so that a clock set back can't make old rows look alive for long. */
export const MAX_LINGER_MS = 10_000;

/** A holder that runs gives a sign this often; the engine's heartbeat. */
export const HEARTBEAT_MS = 5_000;
/** After an abort, or the death of its sender, a request may still run upstream for a while. */
export const ABORT_LINGER_MS = 5_000;

/** Until when the place of a dead holder is kept: it died after its last sign, and before the next would have come. */
export function placeOfDeadUntil(seenAt: number, now: number): number {
  return Math.max(now, Math.min(now, seenAt + HEARTBEAT_MS) + ABORT_LINGER_MS);
}

/** How long a settled row can matter to these windows: a calendar day in any zone, with its margin, lies within two days. */
export function retentionMs(windows: readonly WindowRule[]): number {
  let longest = 0;
  for (const rule of windows) {
    longest = Math.max(longest, rule.period.type === "rolling" ? rule.period.spanMs + DAY_MS : 2 * DAY_MS);
  }
  return longest;
}

/** Whether an ended row still occupies its place. */
export function isLingering(row: { readonly endedAt: number }, now: number): boolean {
  return row.endedAt > now && row.endedAt <= now + MAX_LINGER_MS;
}
