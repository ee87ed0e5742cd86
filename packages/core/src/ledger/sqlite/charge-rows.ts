import type { CountedRow } from "../window-time.js";
import type { Statements } from "./sqlite-statements.js";

/** What a call holds in a bucket, or was charged. */
export interface ChargeRow {
  readonly bucket: string;
  readonly phase: "queued" | "held" | "charged";
  /** From when on it counts, once it is charged. */
  readonly at: number;
  readonly amount: number;
}

/** Rows of one bucket, from one moment on and before another. */
export interface ChargeRange {
  readonly account: string;
  readonly bucket: string;
  readonly from: number;
  readonly to: number;
}

/** The statements on the table of charges, by what they mean. */
export interface ChargeRows {
  ofCall(call: number): ChargeRow[];
  insert(call: number, account: string, row: ChargeRow): void;
  set(call: number, row: ChargeRow): void;
  removeOf(call: number): void;
  /** What the tickets before one hold in a bucket. */
  queuedBefore(account: string, bucket: string, call: number): number;
  /** Adds up the first rows of a range, so many at most. */
  total(range: ChargeRange, most: number): { readonly rows: number; readonly amount: number };
  /** The first rows of a range, so many at most. */
  list(range: ChargeRange, most: number): CountedRow[];
  /** Whether a row of a bucket stands at a moment or after it. */
  reaches(account: string, bucket: string, at: number): boolean;
  /** What the newest calls with a label were charged in a bucket, newest first; estimates left out. */
  recent(account: string, label: string, bucket: string, limit: number): number[];
}

/** Later than any moment. */
export const END_OF_TIME: number = Number.MAX_SAFE_INTEGER;

/** Newest calls of a label that are looked at for their costs: not all need to count in the bucket. */
const RECENT_CALLS = 64;

export function prepareChargeRows({ define }: Statements): ChargeRows {
  const ofCall = define("SELECT bucket, phase, at, amount FROM charges WHERE call = ?");
  const insert = define("INSERT INTO charges (call, account, bucket, phase, at, amount) VALUES (?, ?, ?, ?, ?, ?)");
  const set = define("UPDATE charges SET phase = ?, at = ?, amount = ? WHERE call = ? AND bucket = ?");
  const removeOf = define("DELETE FROM charges WHERE call = ?");
  const queuedBefore = define(
    "SELECT TOTAL(amount) AS amount FROM charges WHERE account = ? AND bucket = ? AND phase = 'queued' AND call < ?",
  );
  const range =
    "FROM charges WHERE account = ? AND bucket = ? AND phase = 'charged' AND at >= ? AND at < ? ORDER BY at LIMIT ?";
  const total = define(`SELECT COUNT(*) AS n, TOTAL(amount) AS amount FROM (SELECT amount ${range})`);
  const list = define(`SELECT at, amount ${range}`);
  const reaches = define(
    "SELECT 1 FROM charges WHERE account = ? AND bucket = ? AND phase = 'charged' AND at >= ? LIMIT 1",
  );
  const recent = define(
    `SELECT charges.amount FROM (
       SELECT seq, charged_at FROM calls WHERE account = ? AND label = ? AND phase = 'settled' AND estimated = 0
       ORDER BY charged_at DESC, seq DESC LIMIT ?
     ) AS newest CROSS JOIN charges ON charges.call = newest.seq
     WHERE charges.bucket = ? ORDER BY newest.charged_at DESC, newest.seq DESC LIMIT ?`,
  );

  return {
    ofCall: (call) =>
      ofCall.all(call).map((row) => ({
        bucket: String(row.bucket),
        phase: row.phase as ChargeRow["phase"],
        at: Number(row.at),
        amount: Number(row.amount),
      })),
    insert: (call, account, { bucket, phase, at, amount }) => void insert.run(call, account, bucket, phase, at, amount),
    set: (call, { bucket, phase, at, amount }) => void set.run(phase, at, amount, call, bucket),
    removeOf: (call) => void removeOf.run(call),
    queuedBefore: (account, bucket, call) => Number(queuedBefore.one(account, bucket, call)?.amount ?? 0),
    total({ account, bucket, from, to }, most) {
      const row = total.one(account, bucket, from, to, most);
      return { rows: Number(row?.n ?? 0), amount: Number(row?.amount ?? 0) };
    },
    list: ({ account, bucket, from, to }, most) =>
      list.all(account, bucket, from, to, most).map((row) => ({ at: Number(row.at), amount: Number(row.amount) })),
    reaches: (account, bucket, at) => reaches.one(account, bucket, at) !== undefined,
    recent: (account, label, bucket, limit) =>
      recent.all(account, label, RECENT_CALLS, bucket, limit).map((row) => Number(row.amount)),
  };
}
