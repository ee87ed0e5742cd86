import { drainedLevel, windowEnd } from "../window-time.js";
import { type ChargeRange, type ChargeRows, END_OF_TIME } from "./charge-rows.js";
import type { Statements } from "./sqlite-statements.js";

/**
 * Running sums over the charges of a bucket. They are moved forward by the rows that left, so that a step costs the same with 0 and with
 * 100,000 rows in the window.
 */
export interface WindowSums {
  /** What was charged from a moment on, until rows lie too far ahead to count. Windows of one key move forward together. */
  used(account: string, bucket: string, key: string, from: number, now: number): number;
  /**
   * What is left in a bucket that refills its limit over a span.
   *
   * @param finalBefore rows before this moment don't change any more
   */
  level(account: string, bucket: string, rate: Rate, now: number, finalBefore: number): number;
  /** Takes note that the row of a moment has come, gone or changed, and by how much. */
  changed(account: string, bucket: string, at: number, difference: number): void;
  /** Drops the sums that begin at this moment or before: their rows are no longer all there. */
  dropBefore(at: number): void;
  /** Drops the sums of an account, whose rows have moved. */
  dropOf(account: string): void;
}

interface Rate {
  readonly limit: number;
  readonly spanMs: number;
}

/** A sum stays behind by fewer rows than this: writing it with each step would cost more than reading them. */
const MOVED_PER_WRITE = 8;
const FIRST_READ = 16;
/** The key of the rows that lie too far ahead to count. */
const AHEAD = "ahead";

/** @param onAhead called where a bucket has rows that lie too far ahead to count */
export function prepareWindowSums(
  { define }: Statements,
  charges: ChargeRows,
  onAhead: () => void = () => {},
): WindowSums {
  const get = define("SELECT from_at, amount FROM sums WHERE account = ? AND kind = ? AND name = ? AND key = ?");
  const set = define(
    `INSERT INTO sums (account, kind, name, key, from_at, amount) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET from_at = excluded.from_at, amount = excluded.amount`,
  );
  const changeSums = define(
    "UPDATE sums SET amount = amount + ? WHERE account = ? AND kind = 'window' AND name = ? AND from_at <= ?",
  );
  const dropLevels = define("DELETE FROM sums WHERE account = ? AND kind = 'level' AND name = ? AND from_at >= ?");
  const dropBefore = define("DELETE FROM sums WHERE kind IN ('window', 'level') AND from_at <= ?");

  const dropOf = define("DELETE FROM sums WHERE account = ? AND kind IN ('window', 'level')");

  const find = (
    account: string,
    kind: string,
    bucket: string,
    key: string,
  ): { at: number; amount: number } | undefined => {
    const row = get.one(account, kind, bucket, key);
    return row === undefined ? undefined : { at: Number(row.from_at), amount: Number(row.amount) };
  };

  /** A sum over a range, for which no more rows are read than are in the shorter of two. */
  const shorterOf = (left: ChargeRange, rest: ChargeRange) => {
    for (let most = FIRST_READ; ; most *= 4) {
      const gone = charges.total(left, most);
      if (gone.rows < most) return { of: "left", ...gone } as const;
      const kept = charges.total(rest, most);
      if (kept.rows < most) return { of: "rest", ...kept } as const;
    }
  };

  const hasAhead = (account: string, bucket: string, end: number): boolean => {
    const found = charges.reaches(account, bucket, end);
    if (found) onAhead();
    return found;
  };

  const sumFrom = (account: string, bucket: string, key: string, from: number): number => {
    const rest = { account, bucket, from, to: END_OF_TIME };
    const store = (amount: number): number => {
      set.run(account, "window", bucket, key, from, amount);
      return amount;
    };
    const found = find(account, "window", bucket, key);
    if (found === undefined) {
      const { rows, amount } = charges.total(rest, END_OF_TIME);
      return rows < MOVED_PER_WRITE ? amount : store(amount);
    }
    if (found.at === from) return found.amount;
    // The clock was set back.
    if (from < found.at) return store(found.amount + charges.total({ ...rest, to: found.at }, END_OF_TIME).amount);
    const moved = shorterOf({ ...rest, from: found.at, to: from }, rest);
    // Of a window that begins anew little is left: that is counted again.
    if (moved.of === "rest") return store(moved.amount);
    const amount = found.amount - moved.amount;
    return moved.rows < MOVED_PER_WRITE ? amount : store(amount);
  };

  return {
    used(account, bucket, key, from, now) {
      const end = windowEnd(now);
      // The rows' moments are whole numbers.
      const sum = sumFrom(account, bucket, key, Math.ceil(from));
      return hasAhead(account, bucket, end) ? sum - sumFrom(account, bucket, AHEAD, end) : sum;
    },
    level(account, bucket, { limit, spanMs }, now, finalBefore) {
      const key = `${limit}/${spanMs}`;
      const found = find(account, "level", bucket, key);
      const known = found !== undefined && found.at <= now ? found : undefined;
      const end = windowEnd(now);
      const to = hasAhead(account, bucket, end) ? end : END_OF_TIME;
      const range = { account, bucket, from: known === undefined ? 0 : known.at + 1, to };
      const rows = charges.list(range, END_OF_TIME);
      const start = known === undefined ? { at: rows[0]?.at ?? now, level: 0 } : { at: known.at, level: known.amount };
      const final = rows.filter(({ at }) => at < Math.min(finalBefore, now));
      const last = final.at(-1);
      if (last !== undefined && final.length >= MOVED_PER_WRITE) {
        const level = drainedLevel({ limit, spanMs }, start, final, last.at);
        set.run(account, "level", bucket, key, last.at, level);
      }
      return drainedLevel({ limit, spanMs }, start, rows, now) / spanMs;
    },
    changed(account, bucket, at, difference) {
      if (difference !== 0) changeSums.run(difference, account, bucket, at);
      dropLevels.run(account, bucket, at);
    },
    dropBefore: (at) => void dropBefore.run(at),
    dropOf: (account) => void dropOf.run(account),
  };
}
