import type { Claim } from "../ledger-store.js";
import { isMisdated, type Misdated, misdatedFrom } from "../misdated.js";
import { windowEnd } from "../window-time.js";
import type { MemoryAccount, MemoryRow } from "./memory-accounts.js";

/** Whether a claim's bucket has rows that are too far ahead to count. */
export function hasRowsAhead({ buckets }: MemoryAccount, claims: readonly Claim[], now: number): boolean {
  return claims.some(({ bucket }) => buckets.get(bucket)?.reaches(windowEnd(now)) === true);
}

/** What a wrong clock has left in an account. */
export function findMisdated(account: MemoryAccount, now: number): Misdated {
  let [calls, latest] = [0, misdatedFrom(now)];
  for (const rows of [account.ended, account.running]) {
    for (const row of rows) {
      const last = lastCharge(row);
      if (last < misdatedFrom(now)) continue;
      calls += 1;
      latest = Math.max(latest, last);
    }
  }
  const blocks = [...account.blocks.values()].filter((block) => isMisdated(block, now)).length;
  return calls === 0 ? { calls, blocks } : { calls, latest, blocks };
}

/** Puts what a wrong clock has left in an account at the present. */
export function redate(account: MemoryAccount, now: number): void {
  for (const bucket of account.buckets.values()) bucket.redate(misdatedFrom(now), now);
  for (const [name, block] of account.blocks) if (isMisdated(block, now)) account.blocks.delete(name);
}

function lastCharge({ charges }: MemoryRow): number {
  return Math.max(...[...charges.values()].map(({ at }) => at));
}
