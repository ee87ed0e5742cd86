import { isMisdated, type Misdated, misdatedFrom } from "../misdated.js";
import type { MarkRows } from "./mark-rows.js";
import type { Statements } from "./sqlite-statements.js";
import type { WindowSums } from "./window-sums.js";

/** What a clock that was wrong has left in an account. */
export interface MisdatedRows {
  find(account: string, now: number): Misdated;
  /** Puts the calls at the present, and drops the blocks. */
  redate(account: string, now: number): void;
}

export function prepareMisdatedRows({ define }: Statements, sums: WindowSums, marks: MarkRows): MisdatedRows {
  const AHEAD = "FROM charges WHERE account = ? AND phase = 'charged' AND at >= ?";
  const find = define(`SELECT COUNT(DISTINCT call) AS calls, MAX(at) AS latest ${AHEAD}`);
  const redateCalls = define(
    `UPDATE calls SET charged_at = ?, free_at = ? WHERE seq IN (SELECT call ${AHEAD}) AND phase = 'settled'`,
  );
  const redateCharges = define("UPDATE charges SET at = ? WHERE account = ? AND phase = 'charged' AND at >= ?");
  const blocksOf = (account: string, now: number) => marks.blocks(account).filter((block) => isMisdated(block, now));

  return {
    find(account, now) {
      const row = find.one(account, misdatedFrom(now));
      const calls = Number(row?.calls ?? 0);
      const blocks = blocksOf(account, now).length;
      return calls === 0 ? { calls, blocks } : { calls, latest: Number(row?.latest), blocks };
    },
    redate(account, now) {
      const from = misdatedFrom(now);
      redateCalls.run(now, now, account, from);
      redateCharges.run(now, account, from);
      sums.dropOf(account);
      for (const { name } of blocksOf(account, now)) marks.removeBlock(account, name);
    },
  };
}
