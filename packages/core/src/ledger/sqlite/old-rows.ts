import type { MarkRows } from "./mark-rows.js";
import type { Statements } from "./sqlite-statements.js";
import type { WindowSums } from "./window-sums.js";

/** Ended calls that no window counts any more. */
export interface OldRows {
  /**
   * Removes calls that ended longer ago than rows are kept. How long ago that is, a clock that is wrong may not say alone: time is
   * counted from the newest of the calls that are not kept anyhow, and so no clock is believed before thousands of calls were made by it.
   */
  remove(retentionMs: number, now: number): void;
}

/** The newest calls, which are kept whatever the time. */
export const ALWAYS_KEPT = 10_000;
/** Rows that one step may remove. More than are added between two. */
const MOST_REMOVED = 2_000;

export function prepareOldRows({ define }: Statements, sums: WindowSums, marks: MarkRows): OldRows {
  const newest = define("SELECT MAX(seq) AS seq FROM calls");
  const reference = define(
    "SELECT charged_at FROM calls WHERE seq <= ? AND phase = 'settled' ORDER BY seq DESC LIMIT 1",
  );
  const OLD = `SELECT seq FROM (SELECT seq, phase, charged_at, free_at FROM calls WHERE seq <= ? ORDER BY seq LIMIT ${MOST_REMOVED})
    WHERE phase = 'settled' AND charged_at < ? AND free_at < ?`;
  const lastOf = define(`SELECT MAX(charged_at) AS at FROM calls WHERE seq IN (${OLD})`);
  const removeCharges = define(`DELETE FROM charges WHERE call IN (${OLD})`);
  const removeCalls = define(`DELETE FROM calls WHERE seq IN (${OLD})`);

  return {
    remove(retentionMs, now) {
      const boundary = Number(newest.one()?.seq ?? 0) - ALWAYS_KEPT;
      const at = boundary > 0 ? reference.one(boundary)?.charged_at : undefined;
      if (at === undefined) return;
      const before = Math.floor(Math.min(now, Number(at)) - retentionMs);
      const last = lastOf.one(boundary, before, before)?.at;
      if (last === undefined || last === null) return;
      removeCharges.run(boundary, before, before);
      removeCalls.run(boundary, before, before);
      sums.dropBefore(Number(last));
      marks.dropBefore(Number(last));
    },
  };
}
