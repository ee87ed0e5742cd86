import type { WindowRule } from "../tier/tier.js";

const DAY_MS = 86_400_000;

/** Longest time a place stays taken after its call ended. A bound, so that a clock set back can't make old rows look alive for long. */
export const MAX_LINGER_MS = 10_000;

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
