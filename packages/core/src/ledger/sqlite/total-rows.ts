import type { Statements } from "./sqlite-statements.js";

/**
 * What is added up over the calls of an account that have not ended: those in a slot, those that run in a bucket and what they hold
 * there, the tickets of a lane, what tickets hold in a bucket.
 */
export type TotalKind = "slot" | "held" | "lane" | "queued";

export interface Total {
  readonly calls: number;
  readonly amount: number;
  /** Sum of the calls' fences: where there is one call, it tells which. */
  readonly fences: number;
}

/** Totals change with the rows that they are made of, in the same transaction. */
export interface TotalRows {
  get(account: string, kind: TotalKind, name: string): Total;
  add(account: string, kind: TotalKind, name: string, amount: number, fence?: number): void;
  subtract(account: string, kind: TotalKind, name: string, amount: number, fence?: number): void;
  /** How many run, and the account's newest fence. */
  running(account: string): { readonly calls: number; readonly fence: number };
  /** Counts one more that runs. @returns its fence */
  started(account: string): number;
  /** Counts one less that runs. */
  ended(account: string): void;
  /** Counts one more that runs under a fence which another file gave it. Later fences are greater. */
  carried(account: string, fence: number): void;
  /** Lanes in which somebody waits. */
  lanes(account: string): { readonly lane: string; readonly count: number }[];
}

export function prepareTotalRows({ define }: Statements): TotalRows {
  const get = define(
    "SELECT calls, amount, from_at AS fences FROM sums WHERE account = ? AND kind = ? AND name = ? AND key = ''",
  );
  const add = define(
    `INSERT INTO sums (account, kind, name, amount, from_at, calls) VALUES (?, ?, ?, ?, ?, 1)
     ON CONFLICT DO UPDATE SET amount = amount + excluded.amount, from_at = from_at + excluded.from_at, calls = calls + 1`,
  );
  // Parts of numbers that don't add up to nothing end with the last call.
  const subtract = define(
    `UPDATE sums SET amount = CASE WHEN calls <= 1 THEN 0 ELSE amount - ? END,
       from_at = CASE WHEN calls <= 1 THEN 0 ELSE from_at - ? END, calls = MAX(0, calls - 1)
     WHERE account = ? AND kind = ? AND name = ? AND key = ''`,
  );
  const removeLane = define(
    "DELETE FROM sums WHERE account = ? AND kind = 'lane' AND name = ? AND key = '' AND calls = 0",
  );
  const RUNNING = "account = ? AND kind = 'running' AND name = '' AND key = ''";
  const running = define(`SELECT calls, amount FROM sums WHERE ${RUNNING}`);
  const started = define(
    `INSERT INTO sums (account, kind, name, amount, calls) VALUES (?, 'running', '', 1, 1)
     ON CONFLICT DO UPDATE SET amount = amount + 1, calls = calls + 1 RETURNING amount`,
  );
  const ended = define(`UPDATE sums SET calls = calls - 1 WHERE ${RUNNING}`);
  const carried = define(
    `INSERT INTO sums (account, kind, name, amount, calls) VALUES (?, 'running', '', ?, 1)
     ON CONFLICT DO UPDATE SET amount = MAX(amount, excluded.amount), calls = calls + 1`,
  );
  const lanes = define("SELECT name, calls FROM sums WHERE account = ? AND kind = 'lane'");
  return {
    get(account, kind, name) {
      const row = get.one(account, kind, name);
      return { calls: Number(row?.calls ?? 0), amount: Number(row?.amount ?? 0), fences: Number(row?.fences ?? 0) };
    },
    add: (account, kind, name, amount, fence = 0) => void add.run(account, kind, name, amount, fence),
    subtract(account, kind, name, amount, fence = 0) {
      subtract.run(amount, fence, account, kind, name);
      if (kind === "lane") removeLane.run(account, name);
    },
    running(account) {
      const row = running.one(account);
      return { calls: Number(row?.calls ?? 0), fence: Number(row?.amount ?? 0) };
    },
    started: (account) => Number(started.one(account)?.amount),
    ended: (account) => void ended.run(account),
    carried: (account, fence) => void carried.run(account, fence),
    lanes: (account) => lanes.all(account).map((row) => ({ lane: String(row.name), count: Number(row.calls) })),
  };
}
