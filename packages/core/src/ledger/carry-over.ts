import type { DatabaseSync } from "node:sqlite";
import { MAX_LINGER_MS } from "./retention.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { transaction } from "./sqlite-format.js";

const COLUMNS =
  "id, account, model, class, surface, holder, state, probe, started_at, seen_at, expires_at, held_api_tokens, ended_at, api_tokens, estimated";
const HELD = "calls INDEXED BY calls_live WHERE state <> 'settled' AND state = 'held'";
/**
 * Calls that run, and those that were broken off just now. Read by the indexes that every step reads: of a damaged file these are the
 * pages that a connection still has in memory. An account in which nobody runs or waits is found by its newest calls.
 */
const LIVE = `
  WITH accounts AS (
    SELECT account FROM calls INDEXED BY calls_live WHERE state <> 'settled'
    UNION SELECT account FROM (SELECT account FROM calls ORDER BY seq DESC LIMIT 8)
  )
  SELECT ${COLUMNS} FROM ${HELD}
  UNION ALL
  SELECT ${COLUMNS} FROM calls INDEXED BY calls_ended
  WHERE account IN (SELECT account FROM accounts) AND state = 'settled' AND ended_at > ? AND ended_at <= ?`;

/**
 * Brings the calls that run, or may still run, from a file that was deleted, moved or replaced into the one that has come in its
 * place: the server still counts them. A process that has the old file open sees the calls of all its processes, and is often the first
 * to notice. What was used goes with the old file.
 *
 * @returns false if the old file can't be read any more
 */
export async function carryOver(from: DatabaseSync, to: DatabaseSync, now: number): Promise<boolean> {
  try {
    // Under the old file's lock, so that no call ends in it between being read and being brought over.
    await retryWhileBusy(() =>
      transaction(from, () => {
        transaction(to, () => copyRows(from, to, now));
        forgetHeld(from);
      }),
    );
    return true;
  } catch {
    return false;
  }
}

function copyRows(from: DatabaseSync, to: DatabaseSync, now: number): void {
  const insert = to.prepare(`INSERT OR IGNORE INTO calls (${COLUMNS}) VALUES (${COLUMNS.replace(/\w+/g, "?")})`);
  for (const row of from.prepare(LIVE).all(now, now + MAX_LINGER_MS)) insert.run(...Object.values(row));
}

/** Another process that looks later would bring back a call that has been taken out of the new file by then. */
function forgetHeld(db: DatabaseSync): void {
  try {
    db.exec(`DELETE FROM ${HELD}`);
  } catch {
    // Of a damaged file more has to be read for this than was for copying. Others can hardly read it then either.
  }
}
