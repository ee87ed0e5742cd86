import type { DatabaseSync } from "node:sqlite";
import { parseLane } from "../lane.js";
import { MAX_LINGER_MS } from "../retention.js";
import type { ChargeRow } from "./charge-rows.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { transaction } from "./sqlite-format.js";
import type { SqliteRows } from "./sqlite-rows.js";

/**
 * Calls that run, and those that were broken off just now. Read by the indexes that steps read: of a damaged file these are the pages
 * that a connection may still have in memory.
 */
const LIVE = `
  SELECT * FROM calls INDEXED BY calls_held WHERE phase = 'held'
  UNION ALL
  SELECT * FROM calls INDEXED BY calls_lingering
  WHERE phase = 'settled' AND free_at > charged_at AND free_at > ? AND free_at <= ?`;

/**
 * Brings the calls that run, or may still run, from a file that was deleted, moved or replaced into the one that has come in its
 * place: the server still counts them. A process that has the old file open sees the calls of all its processes, and is often the first
 * to notice. What was used goes with the old file.
 *
 * @returns false if the old file can't be read any more
 */
export async function carryOver(
  from: DatabaseSync,
  to: { readonly db: DatabaseSync; readonly rows: SqliteRows },
  now: number,
): Promise<boolean> {
  try {
    // Under the old file's lock, so that no call ends in it between being read and being brought over.
    await retryWhileBusy(() =>
      transaction(from, () => {
        transaction(to.db, () => copyCalls(from, to.rows, now));
        forgetHeld(from);
      }),
    );
    return true;
  } catch {
    return false;
  }
}

function copyCalls(from: DatabaseSync, to: SqliteRows, now: number): void {
  const chargesOf = from.prepare("SELECT bucket, phase, at, amount FROM charges WHERE call = ?");
  const signOf = from.prepare("SELECT seen_at, until FROM marks WHERE account = ? AND kind = 'sign' AND name = ?");
  for (const row of from.prepare(LIVE).all(now, now + MAX_LINGER_MS)) {
    const id = String(row.id);
    if (to.calls.find(id) !== undefined) continue;
    const [account, holder, lane, fence] = [
      String(row.account),
      String(row.holder),
      String(row.lane),
      Number(row.fence),
    ];
    const seq = to.calls.insert({
      id,
      account,
      label: String(row.label),
      lane,
      holder,
      phase: "held",
      fence,
      probes: row.probes === "" ? [] : String(row.probes).split("\n"),
      closedUntil: 0,
      startedAt: Number(row.started_at),
      isAhead: false,
    });
    const isHeld = row.phase === "held";
    for (const charge of chargesOf.all(Number(row.seq)))
      enterCharge(to, { account, seq, ...(isHeld ? { fence } : {}) }, charge);
    if (!isHeld) {
      const [isEstimated, isReclaimed] = [row.estimated === 1, row.reclaimed === 1];
      to.calls.end(seq, { chargedAt: Number(row.charged_at), freeAt: Number(row.free_at), isEstimated, isReclaimed });
      continue;
    }
    to.totals.carried(account, fence);
    for (const slot of parseLane(lane).slots) to.totals.add(account, "slot", slot, 0);
    const sign = signOf.get(account, holder);
    to.marks.setSign(account, { holder, seenAt: Number(sign?.seen_at ?? now), until: Number(sign?.until ?? now) });
  }
}

function enterCharge(
  to: SqliteRows,
  { account, seq, fence }: { readonly account: string; readonly seq: number; readonly fence?: number },
  charge: Record<string, unknown>,
): void {
  const [bucket, at, amount] = [String(charge.bucket), Number(charge.at), Number(charge.amount)];
  const phase = charge.phase as ChargeRow["phase"];
  to.charges.insert(seq, account, { bucket, phase, at, amount });
  if (phase === "charged") to.sums.changed(account, bucket, at, amount);
  if (fence !== undefined) to.totals.add(account, "held", bucket, phase === "held" ? amount : 0, fence);
}

/** Another process that looks later would bring back a call that has been taken out of the new file by then. */
function forgetHeld(db: DatabaseSync): void {
  try {
    db.exec(`
      DELETE FROM charges WHERE call IN (SELECT seq FROM calls INDEXED BY calls_held WHERE phase = 'held');
      DELETE FROM calls INDEXED BY calls_held WHERE phase = 'held';
      DELETE FROM sums WHERE kind IN ('slot', 'held');
      UPDATE sums SET calls = 0 WHERE kind = 'running';`);
  } catch {
    // Of a damaged file more has to be read for this than was for copying. Others can hardly read it then either.
  }
}
