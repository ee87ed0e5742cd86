import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drainedLevel } from "../window-time.js";
import { type BucketRow, type BucketRows, createBucketRows } from "./bucket-rows.js";

/** Rows as a plain list, to compare with. */
function createPlainRows() {
  let rows: BucketRow[] = [];
  return {
    add(row: BucketRow) {
      const behind = rows.findIndex(({ at }) => at > row.at);
      rows.splice(behind < 0 ? rows.length : behind, 0, row);
    },
    remove(row: BucketRow) {
      rows = rows.filter((other) => other !== row);
    },
    removeBefore(at: number) {
      rows = rows.filter((row) => row.at >= at);
    },
    /** Rows that were redated stand at the end of those of their new moment. */
    sort: () => void rows.sort((one, other) => one.at - other.at),
    between: (from: number, to: number) => rows.filter((row) => row.at >= from && row.at < to),
    all: () => rows,
  };
}

type Step =
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "add"; readonly amount: number }
  | { readonly kind: "remove" | "change"; readonly which: number; readonly amount: number }
  | { readonly kind: "sum"; readonly window: number }
  | { readonly kind: "forget"; readonly ageMs: number }
  | { readonly kind: "redate" };

/** Corrections take away. */
const amount = fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: -100, max: -1 }));
const which = fc.nat({ max: 40 });
const stepOf = (clock: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({ kind: fc.constant("pass" as const), ms: clock }),
    fc.record({ kind: fc.constant("add" as const), amount }),
    fc.record({ kind: fc.constantFrom("remove" as const, "change" as const), which, amount }),
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("sum" as const), window: fc.nat({ max: 2 }) }) },
    fc.record({ kind: fc.constant("forget" as const), ageMs: fc.integer({ min: 60, max: 200 }) }),
    fc.record({ kind: fc.constant("redate" as const) }),
  );

/** The rows themselves are the same objects in both. */
function redateBoth(rows: BucketRows, plain: ReturnType<typeof createPlainRows>, now: number): void {
  rows.redate(now + 1, now);
  plain.sort();
  expect(plain.between(now + 1, Number.POSITIVE_INFINITY)).toEqual([]);
}

/** Windows by their key: two that roll, and one that begins anew every 50 ms. */
const WINDOWS: readonly ((now: number) => number)[] = [
  (now) => now - 20,
  (now) => now - 45,
  (now) => Math.floor(now / 50) * 50,
];
/** How far ahead a row may lie and count. */
const MOST_AHEAD = 25;

describe("a running sum", () => {
  it("is that of its rows after any steps, the clock set back among them", () => {
    const clock = fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 15 }) }, fc.integer({ min: -60, max: -1 }));
    fc.assert(
      fc.property(fc.array(stepOf(clock), { maxLength: 80 }), (steps) => {
        const [rows, plain] = [createBucketRows(), createPlainRows()];
        let now = 1_000;
        for (const step of steps) {
          const chosen = "which" in step ? plain.all()[step.which % Math.max(1, plain.all().length)] : undefined;
          switch (step.kind) {
            case "pass":
              now += step.ms;
              break;
            case "add": {
              const row = { at: now, amount: step.amount };
              rows.add(row);
              plain.add(row);
              break;
            }
            case "change":
              if (chosen !== undefined) rows.change(chosen, step.amount);
              break;
            case "remove":
              if (chosen === undefined) break;
              rows.remove(chosen);
              plain.remove(chosen);
              break;
            case "forget":
              rows.removeBefore(now - step.ageMs);
              plain.removeBefore(now - step.ageMs);
              break;
            case "redate":
              redateBoth(rows, plain, now);
              break;
            case "sum":
              break;
          }
          const looked = step.kind === "sum" ? [step.window] : step.kind === "pass" ? [] : WINDOWS.keys();
          for (const window of looked) {
            const from = WINDOWS[window]?.(now) ?? 0;
            const to = now + MOST_AHEAD;
            const expected = plain.between(from, to).reduce((sum, row) => sum + row.amount, 0);
            expect(rows.sumBetween(String(window), from, to)).toBe(expected);
            expect([...rows.oldestFirst(from, to)]).toEqual(plain.between(from, to));
            expect(rows.reaches(to)).toBe(plain.between(to, Number.POSITIVE_INFINITY).length > 0);
          }
        }
        expect([...rows.oldestFirst(0, Number.POSITIVE_INFINITY)]).toEqual(plain.all());
      }),
      { numRuns: 1_000 },
    );
  });
});

it("a running sum leaves out what was charged before its window while the clock was set back", () => {
  const rows = createBucketRows();
  rows.add({ at: 10, amount: 1 });
  expect(rows.sumBetween("day", 50, Number.POSITIVE_INFINITY)).toBe(0);
  // The clock said 50 or more when the sum was taken, and says 20 now.
  rows.add({ at: 20, amount: 7 });
  rows.add({ at: 60, amount: 2 });
  rows.add({ at: 61, amount: 3 });
  expect(rows.sumBetween("day", 50, Number.POSITIVE_INFINITY)).toBe(5);
});

describe("a level", () => {
  const rate = { limit: 10, spanMs: 40 };

  it("counts a change of a row that it was summed up to", () => {
    const rows = createBucketRows();
    const row = { at: 10, amount: 5 };
    rows.add(row);
    expect(rows.level({ limit: 1, spanMs: 1_000 }, 20, 20, 21)).toBeCloseTo(4.99);
    rows.change(row, 50);
    expect(rows.level({ limit: 1, spanMs: 1_000 }, 20, 20, 21)).toBeCloseTo(49.99);
  });

  it("is not drained by a row that a clock left ahead, which counts in full until its time", () => {
    const rows = createBucketRows();
    rows.add({ at: 90, amount: 3 });
    rows.add({ at: 10, amount: 8 });
    expect(rows.level(rate, 10, 10, 100)).toBeCloseTo(11);
    expect(rows.level(rate, 30, 30, 100)).toBeCloseTo(6);
    expect(rows.level(rate, 30, 30, 90)).toBeCloseTo(3);
    expect(rows.level(rate, 90, 90, 200)).toBeCloseTo(3);
  });

  it("is what its rows come to one by one, whatever is final by then and whichever rows change", () => {
    const clock = fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 15 }) }, fc.integer({ min: -60, max: -1 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(stepOf(clock), fc.nat({ max: 30 })), { maxLength: 60 }), (steps) => {
        const [rows, plain] = [createBucketRows(), createPlainRows()];
        let now = 1_000;
        for (const [step, liveMs] of steps) {
          const chosen = "which" in step ? plain.all()[step.which % Math.max(1, plain.all().length)] : undefined;
          if (step.kind === "pass") now += step.ms;
          if (step.kind === "add") {
            const row = { at: now, amount: step.amount };
            rows.add(row);
            plain.add(row);
          }
          if (step.kind === "change" && chosen !== undefined) rows.change(chosen, step.amount);
          if (step.kind === "remove" && chosen !== undefined) {
            rows.remove(chosen);
            plain.remove(chosen);
          }
          if (step.kind === "redate") redateBoth(rows, plain, now);
          const to = now + MOST_AHEAD;
          const counted = plain.between(0, to);
          const start = { at: counted[0]?.at ?? now, level: 0 };
          const expected = drainedLevel(rate, start, counted, now) / rate.spanMs;
          expect(rows.level(rate, now, now - liveMs, to)).toBe(expected);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("stays true when the rows that led to it are forgotten", () => {
    const rows = createBucketRows();
    for (let at = 0; at < 100; at += 1) rows.add({ at, amount: 1 });
    const level = rows.level(rate, 99, 99, 100);
    expect(level).toBeGreaterThan(70);
    rows.removeBefore(50);
    expect(rows.level(rate, 99, 99, 100)).toBeCloseTo(level, 6);
  });

  it("is that of whole moments: what takes away and what adds in one is one amount, whichever came first", () => {
    for (const amounts of [
      [-8, 5],
      [5, -8],
    ]) {
      const rows = createBucketRows();
      rows.add({ at: 10, amount: 6 });
      for (const part of amounts) rows.add({ at: 20, amount: part });
      // 3.5 are left of the 6, and 0.5 of all.
      expect(rows.level(rate, 20, 20, 21)).toBeCloseTo(0.5);
      expect(rows.level(rate, 21, 21, 22)).toBeCloseTo(0.25);
      // The clock was set back to a moment whose level is known.
      rows.add({ at: 20, amount: 8 });
      expect(rows.level(rate, 21, 21, 22)).toBeCloseTo(8.25);
    }
  });

  it("never falls under nothing: what took too much away is not owed", () => {
    const rows = createBucketRows();
    rows.add({ at: 10, amount: 2 });
    rows.add({ at: 20, amount: -50 });
    expect(rows.level(rate, 20, 20, 21)).toBe(0);
    rows.add({ at: 21, amount: 3 });
    expect(rows.level(rate, 21, 21, 22)).toBeCloseTo(3);
  });

  it("is kept apart for each rate", () => {
    const rows = createBucketRows();
    rows.add({ at: 0, amount: 10 });
    expect(rows.level({ limit: 10, spanMs: 100 }, 50, 50, 51)).toBeCloseTo(5);
    expect(rows.level({ limit: 10, spanMs: 200 }, 50, 50, 51)).toBeCloseTo(7.5);
    expect(rows.level({ limit: 20, spanMs: 100 }, 50, 50, 51)).toBe(0);
  });
});

describe("the rows that a step reads", () => {
  it("are few among 100,000, whether one is added, changed, removed or an old one forgotten", () => {
    let read = 0;
    const rows = createBucketRows(() => {
      read += 1;
    });
    const readBy = (step: () => unknown): number => {
      read = 0;
      step();
      return read;
    };
    const all = Array.from({ length: 100_000 }, (_, at) => ({ at, amount: 1 }));
    for (const row of all) rows.add(row);
    const day = () => rows.sumBetween("day", 0, 200_000);
    const rolling = (now: number) => rows.sumBetween("rolling", now - 90_000, now + 1_000);
    // Calls that run still are charged at their start: the newest rows are not final.
    const level = (now: number) => rows.level({ limit: 1_000, spanMs: 60_000 }, now, 99_990, now + 1_000);
    for (const look of [day, () => rolling(100_000), () => level(100_000)]) look();
    const last = { at: 100_000, amount: 7 };
    const early = { at: 100_001, amount: 3 };
    expect(readBy(() => rows.add(last))).toBe(0);
    rows.add(early);
    for (const look of [day, () => rolling(100_005), () => level(100_005)])
      expect(readBy(look)).toBeLessThanOrEqual(64);
    expect(readBy(() => rows.change(last, 9))).toBe(0);
    expect(readBy(() => rows.remove(early))).toBeLessThanOrEqual(20);
    for (const look of [day, () => rolling(100_006), () => level(100_006)])
      expect(readBy(look)).toBeLessThanOrEqual(64);
    rows.removeBefore(1_000);
    expect(readBy(() => rolling(100_007))).toBeLessThanOrEqual(64);
    expect(readBy(() => level(100_007))).toBeLessThanOrEqual(64);
    expect(rows.sumBetween("rolling", 10_007, 200_000)).toBe(99_993 - 10_000 + 9);
    // A row of a time that is far ahead, and those that are added before it.
    rows.add({ at: 900_000, amount: 1_000 });
    rolling(100_008);
    const added = { at: 100_009, amount: 2 };
    expect(readBy(() => rows.add(added))).toBeLessThanOrEqual(64);
    for (const look of [() => rolling(100_010), () => level(100_010)]) expect(readBy(look)).toBeLessThanOrEqual(64);
    expect(rolling(100_011)).toBe(99_993 - 10_004 + 9 + 2);
  });
});
