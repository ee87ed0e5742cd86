import { type CountedRow, drainedLevel } from "../window-time.js";

/** The charges of one bucket in one account, by the moment at which they count. */
export interface BucketRows {
  add(row: BucketRow): void;
  remove(row: BucketRow): void;
  /** Puts another amount in a row's place. */
  change(row: BucketRow, amount: number): void;
  /** What was charged from a moment on and before another. Windows of one key move forward together. */
  sumBetween(key: string, from: number, to: number): number;
  /** Whether a row stands at a moment or after it. */
  reaches(at: number): boolean;
  /**
   * What is left in a bucket that refills its limit over a span, of the rows before a moment.
   *
   * @param finalBefore rows before this moment don't change any more
   */
  level(
    rate: { readonly limit: number; readonly spanMs: number },
    now: number,
    finalBefore: number,
    to: number,
  ): number;
  /** Rows from a moment on and before another, oldest first. */
  oldestFirst(from: number, to: number): Iterable<CountedRow>;
  removeBefore(at: number): void;
  /** Puts the rows from one moment on at another. */
  redate(from: number, at: number): void;
}

export interface BucketRow {
  at: number;
  amount: number;
}

/** A running sum: of the rows from `index` on, which are those that count from `from` on. */
interface RunningSum {
  from: number;
  index: number;
  sum: number;
}

/** The level after the rows before `index`, as {@link drainedLevel} tells it. */
interface Checkpoint {
  readonly at: number;
  readonly index: number;
  readonly level: number;
}

/** The key of the rows that lie too far ahead to count. */
const AHEAD = "ahead";

/** @param onRead called for each row that is visited */
export function createBucketRows(onRead: () => void = () => {}): BucketRows {
  let rows: BucketRow[] = [];
  /** Moved forward by the rows that leave, so that a step costs the same with 0 and with 100,000 rows in the window. */
  const sums: Map<string, RunningSum> = new Map();
  const checkpoints: Map<string, Checkpoint> = new Map();

  /** The first row that counts from a moment on, of those from `known` on. Windows move on by few rows: those next to it come first. */
  const indexOf = (from: number, known?: number): number => {
    const isBefore = (index: number): boolean => {
      onRead();
      return (rows[index]?.at ?? 0) < from;
    };
    let [low, high] = [known ?? 0, rows.length];
    for (let step = 1; known !== undefined && low < high; step *= 2) {
      const next = Math.min(high - 1, low + step - 1);
      if (!isBefore(next)) {
        high = next;
        break;
      }
      low = next + 1;
    }
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const total = (from: number, to: number): number => {
    let sum = 0;
    for (let index = from; index < to; index += 1) {
      onRead();
      sum += rows[index]?.amount ?? 0;
    }
    return sum;
  };

  const sumFrom = (key: string, from: number): number => {
    const found = sums.get(key);
    if (found !== undefined && found.from <= from) {
      const index = indexOf(from, found.index);
      // Of a window that begins anew little is left: that is counted again.
      if (index - found.index <= rows.length - index) found.sum -= total(found.index, index);
      else found.sum = total(index, rows.length);
      found.index = index;
      found.from = from;
      return found.sum;
    }
    const index = indexOf(from);
    const sum = total(index, rows.length);
    sums.set(key, { from, index, sum });
    return sum;
  };
  const reaches = (at: number): boolean => (rows.at(-1)?.at ?? Number.NEGATIVE_INFINITY) >= at;

  return {
    add(row) {
      const last = rows.at(-1);
      // In between where the clock was set back.
      const index = last === undefined || row.at >= last.at ? rows.length : indexOf(row.at + 1);
      rows.splice(index, 0, row);
      for (const running of sums.values()) {
        if (row.at >= running.from) running.sum += row.amount;
        else running.index += 1;
      }
      // A level is that of whole moments: rows that take away and rows that add come to one amount in each.
      for (const [key, { at }] of checkpoints) if (row.at <= at) checkpoints.delete(key);
    },
    remove(row) {
      const index = rows.indexOf(row, indexOf(row.at));
      if (index < 0) return;
      rows.splice(index, 1);
      for (const running of sums.values()) {
        if (index >= running.index) running.sum -= row.amount;
        else running.index -= 1;
      }
      for (const [key, checkpoint] of checkpoints) if (index < checkpoint.index) checkpoints.delete(key);
    },
    change(row, amount) {
      for (const running of sums.values()) if (row.at >= running.from) running.sum += amount - row.amount;
      row.amount = amount;
      for (const [key, { at }] of checkpoints) if (row.at <= at) checkpoints.delete(key);
    },
    sumBetween: (key, from, to) => sumFrom(key, from) - (reaches(to) ? sumFrom(AHEAD, to) : 0),
    reaches,
    level(rate, now, finalBefore, to) {
      const key = `${rate.limit}/${rate.spanMs}`;
      let start = checkpoints.get(key) ?? { at: rows[0]?.at ?? now, index: 0, level: 0 };
      if (now < start.at) start = { at: rows[0]?.at ?? now, index: 0, level: 0 };
      const between = (low: number, high: number): BucketRow[] => {
        for (let index = low; index < high; index += 1) onRead();
        return rows.slice(low, high);
      };
      const end = indexOf(now + 1);
      const final = Math.min(end, indexOf(Math.min(finalBefore, now)));
      if (final > start.index) {
        const at = rows[final - 1]?.at ?? start.at;
        start = { at, index: final, level: drainedLevel(rate, start, between(start.index, final), at) };
        checkpoints.set(key, start);
      }
      const rest = between(start.index, reaches(to) ? indexOf(to) : rows.length);
      return drainedLevel(rate, start, rest, now) / rate.spanMs;
    },
    *oldestFirst(from, to) {
      for (let index = indexOf(from); index < rows.length; index += 1) {
        onRead();
        const row = rows[index];
        if (row === undefined || row.at >= to) return;
        yield row;
      }
    },
    removeBefore(at) {
      const index = indexOf(at);
      if (index === 0) return;
      rows = rows.slice(index);
      for (const [key, running] of sums) {
        if (running.index < index) sums.delete(key);
        else running.index -= index;
      }
      // A level that is known stays true without the rows that led to it.
      for (const [key, checkpoint] of checkpoints) {
        if (checkpoint.index < index) checkpoints.delete(key);
        else checkpoints.set(key, { ...checkpoint, index: checkpoint.index - index });
      }
    },
    redate(from, at) {
      const first = indexOf(from);
      if (first === rows.length) return;
      for (const row of rows.slice(first)) row.at = at;
      rows.sort((one, other) => one.at - other.at);
      sums.clear();
      checkpoints.clear();
    },
  };
}
