import { type Block, BREAKER } from "./ledger-store.js";

/** Failures in a row, with no answer between, that open the breaker. */
export const BREAKER_OPENS_AT = 3;
export const FIRST_BREAK_MS = 5_000;
export const LONGEST_BREAK_MS = 60_000;

/**
 * The block that stands after so many failures in a row, if any. After each break one call tries; if it fails too, the next break is
 * twice as long.
 */
export function breakerAfter(failures: number, now: number): Block | undefined {
  if (failures < BREAKER_OPENS_AT) return undefined;
  const breakMs = Math.min(LONGEST_BREAK_MS, FIRST_BREAK_MS * 2 ** (failures - BREAKER_OPENS_AT));
  return {
    name: BREAKER,
    until: now + breakMs,
    longestMs: LONGEST_BREAK_MS,
    code: "hourly_quota",
    rule: BREAKER,
    needsProbe: true,
  };
}
