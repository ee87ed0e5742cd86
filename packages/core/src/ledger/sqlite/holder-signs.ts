import type { Holder } from "../holder.js";
import { misdatedFrom } from "../misdated.js";
import { MAX_LINGER_MS, slotsOfDeadUntil } from "../retention.js";
import { end, forget } from "./call-steps.js";
import type { SqliteRows } from "./sqlite-rows.js";

/** A sign this old is given again by the steps that leave a row behind; a younger one would only cost a write. */
const RENEWED_AFTER_MS = 1_000;

/** Lets a holder live for another lease, since it has just asked. */
export function giveSign(rows: SqliteRows, account: string, holder: string, leaseMs: number, now: number): void {
  const known = rows.marks.sign(account, holder);
  const until = now + leaseMs;
  if (known !== undefined) {
    const isFresh = Math.abs(now - known.seenAt) < Math.min(RENEWED_AFTER_MS, leaseMs / 10);
    if (isFresh && known.until > until - RENEWED_AFTER_MS) return;
  }
  const promised = known === undefined || known.seenAt >= misdatedFrom(now) ? 0 : known.until;
  rows.marks.setSign(account, { holder, seenAt: now, until: Math.max(until, promised) });
}

/**
 * Takes the tickets of lost holders away, and charges the calls they left behind: their requests may have been answered. A holder is lost
 * when its process is dead, or when it has given no sign for a lease, as an engine in a thread that was terminated. On one machine a clock
 * that jumps ahead says nothing of that: a sign that is young by the uptime holds.
 */
export function reclaim(rows: SqliteRows, account: string, self: Holder, now: number): void {
  for (const { holder, seenAt, until, ageMs } of rows.marks.signs(account)) {
    if (holder === self.id) continue;
    const isYoung = ageMs >= 0 && ageMs < until - seenAt && self.sharesBoot(holder);
    if ((now < until || isYoung) && self.stateOf(holder) !== "dead") {
      // Given under a clock that was ahead: it has a lease from now on, and not until that time.
      if (seenAt >= misdatedFrom(now))
        rows.marks.setSign(account, { holder, seenAt: now, until: now + (until - seenAt) });
      continue;
    }
    for (const call of rows.calls.ofHolder(account, holder)) {
      if (call.phase === "waiting") forget(rows, call);
      else {
        const freeAt = Math.min(slotsOfDeadUntil(seenAt, now), now + MAX_LINGER_MS);
        end(rows, call, {}, { chargedAt: now, freeAt, isEstimated: true, isReclaimed: true });
      }
    }
    rows.marks.removeSign(account, holder);
  }
}
