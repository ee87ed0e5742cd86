import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { claimsOf, DAY_MS, daily, NOON } from "../testing/ledger.js";
import type { Period } from "../tier/tier.js";
import type { Claim } from "./ledger-store.js";
import {
  type ClaimCount,
  type CountedRow,
  drainedLevel,
  fits,
  isLong,
  passesAt,
  windowKey,
  windowResetsAt,
  windowStart,
} from "./window-time.js";

const MIDNIGHT = Date.parse("2026-03-11T00:00:00.000Z");
const HOUR_MS = 3_600_000;
const DAY = { type: "day", zone: "UTC", resetHour: 0 } as const;

function claim(period: Period, fields: Partial<Claim> = {}): Claim {
  const [made] = claimsOf([{ ...daily, period, limit: 10, marginMs: 0 }]);
  if (made === undefined) throw new Error("no claim");
  return { ...made, ...fields };
}
function count(fields: Partial<ClaimCount> = {}, rows: readonly CountedRow[] = []): ClaimCount {
  return { used: 0, held: 0, ahead: 0, oldestFirst: () => rows, ...fields };
}

describe("a window", () => {
  const day = claim(DAY, { marginMs: 2_000 });

  it("of the calendar begins its margin before the day, and ends its margin after", () => {
    const at = (offset: number) => windowStart(day, MIDNIGHT + offset);
    expect(at(1_999)).toBe(MIDNIGHT - DAY_MS - 2_000);
    expect(at(2_000)).toBe(MIDNIGHT - 2_000);
    expect(windowResetsAt(day, count({ used: 5 }), MIDNIGHT + 1_999)).toBe(MIDNIGHT + 2_000);
    expect(windowResetsAt(day, count({ used: 5 }), MIDNIGHT + 2_000)).toBe(MIDNIGHT + DAY_MS + 2_000);
  });

  it("that rolls counts what was charged within the span", () => {
    expect(windowStart(claim({ type: "rolling", spanMs: 1_000 }), NOON)).toBe(NOON - 999);
  });

  it("that refills counts whatever has not drained", () => {
    expect(windowStart(claim({ type: "bucket", spanMs: 1_000 }), NOON)).toBe(Number.NEGATIVE_INFINITY);
  });

  test.each<[Period, boolean]>([
    [{ type: "minute" }, false],
    [{ type: "hour" }, false],
    [DAY, true],
    [{ type: "month", zone: "UTC", resetHour: 0 }, true],
    [{ type: "rolling", spanMs: HOUR_MS }, false],
    [{ type: "rolling", spanMs: HOUR_MS + 1 }, true],
    [{ type: "bucket", spanMs: DAY_MS }, false],
  ])("of %o is long: %s", (period, expected) => {
    expect(isLong(claim(period))).toBe(expected);
  });

  it("has a key that tells apart what begins at different times, and not limits or rules", () => {
    const periods: Period[] = [
      { type: "minute" },
      { type: "hour" },
      DAY,
      { ...DAY, resetHour: 5 },
      { ...DAY, zone: "Europe/Berlin" },
      { type: "month", zone: "UTC", resetHour: 0 },
      { type: "rolling", spanMs: 1_000 },
      { type: "rolling", spanMs: 2_000 },
      { type: "bucket", spanMs: 1_000 },
    ];
    const keys = periods.map((period) => windowKey(claim(period)));
    expect(new Set(keys).size).toBe(periods.length);
    expect(windowKey(claim(DAY, { marginMs: 1 }))).not.toBe(windowKey(claim(DAY)));
    expect(windowKey(claim(DAY, { limit: 7, rule: "other" }))).toBe(windowKey(claim(DAY)));
  });
});

test.each([
  [9.9, 0, true],
  [10, 0, false],
  [9, 1, true],
  [9, 1.1, false],
  [10, 0.1, false],
])("of 10, %d are spent and %d are the call's own: fits %s", (spent, own, expected) => {
  expect(fits(10, spent, own)).toBe(expected);
});

describe("a call passes", () => {
  const minute = claim({ type: "minute" });
  const at = (wanted: Claim, counted: ClaimCount, own = 0) => passesAt(wanted, counted, own, NOON) - NOON;

  test.each([
    ["in the next minute, if that one has room", { used: 10 }, 0, 60_000],
    ["in the next, where what is held fits into this one", { used: 5, held: 5 }, 0, 60_000],
    ["in the next, where less is carried over than it holds", { used: 10, held: 9 }, 0, 60_000],
    ["in the one after, where that is full of what is held", { used: 10, held: 10 }, 0, 120_000],
    ["in the one after, by tickets before it too", { used: 10, held: 4, ahead: 6 }, 0, 120_000],
    ["in the next where its own fits beside what is held", { used: 10, held: 6 }, 4, 60_000],
    ["in the one after where it does not", { used: 10, held: 7 }, 4, 120_000],
  ])("%s", (_, fields, own, ms) => {
    expect(at(minute, count(fields), own)).toBe(ms);
  });

  it("after the margin, too", () => {
    expect(at({ ...minute, marginMs: 500 }, count({ used: 10 }))).toBe(500);
    expect(passesAt({ ...minute, marginMs: 500 }, count({ used: 10 }), 0, NOON + 500) - NOON).toBe(60_500);
  });

  it("in a day by its zone, and in a month by its length", () => {
    const berlin = claim({ type: "day", zone: "Europe/Berlin", resetHour: 0 });
    expect(new Date(passesAt(berlin, count({ used: 10 }), 0, NOON)).toISOString()).toBe("2026-03-10T23:00:00.000Z");
    const month = claim({ type: "month", zone: "UTC", resetHour: 0 });
    expect(new Date(passesAt(month, count({ used: 10, held: 10 }), 0, NOON)).toISOString()).toBe(
      "2026-05-01T00:00:00.000Z",
    );
  });

  it("whatever is held, in a time that can be reckoned", () => {
    expect(at(minute, count({ used: 10, held: 1e12 }))).toBeGreaterThan(60 * 60_000);
    expect(at(claim({ type: "rolling", spanMs: 1_000 }), count({ held: 1e6 }))).toBeGreaterThan(1_000_000);
  });

  describe("a rolling window", () => {
    const rolling = claim({ type: "rolling", spanMs: 1_000 });
    const rows = [-900, -600, -300].map((ms) => ({ at: NOON + ms, amount: 4 }));

    test.each([
      ["when the oldest has left", 12, 0, 100],
      ["when two have left, for its own cost", 12, 5, 400],
      ["when all have left, for a whole limit", 12, 10, 700],
    ])("%s", (_, used, own, ms) => {
      expect(at(rolling, count({ used }, rows), own)).toBe(ms);
    });

    it("when a whole moment has left that it passes after, whichever of its rows are listed first", () => {
      const later = { at: NOON - 300, amount: 4 };
      for (const corrected of [
        [12, -8],
        [-8, 12],
      ]) {
        const listed = [...corrected.map((amount) => ({ at: NOON - 900, amount })), later];
        expect(at(rolling, count({ used: 13 }, listed))).toBe(100);
        expect(at(rolling, count({ used: 15 }, listed))).toBe(700);
      }
    });

    it("a span later for each limit that is held", () => {
      expect(at(rolling, count({ used: 0, held: 10 }))).toBe(1_000);
      expect(at(rolling, count({ used: 0, held: 25 }))).toBe(2_000);
    });

    it("no later than by the oldest 32 rows, however many have to leave", () => {
      const many = Array.from({ length: 100 }, (_, index) => ({ at: NOON - 900 + index, amount: 1 }));
      expect(at(rolling, count({ used: 41 }, many))).toBe(100 + 31);
      expect(at(rolling, count({ used: 42 }, many))).toBe(100 + 31);
      expect(at(rolling, count({ used: 40 }, many))).toBe(100 + 30);
    });

    it("no later than by rows that a store has not listed", () => {
      expect(at(rolling, count({ used: 12 }, rows.slice(0, 1)), 10)).toBe(100);
    });
  });

  describe("a bucket that refills 10 in 1,000 ms", () => {
    const bucket = claim({ type: "bucket", spanMs: 1_000 });

    test.each([
      ["level with the limit, a moment later", { used: 10 }, 0, 1],
      ["over the limit, when the rest has drained", { used: 11 }, 0, 101],
      ["when its own has room", { used: 10 }, 1, 100],
      ["when its own has room to the last bit", { used: 9.5, held: 0.5 }, 0.25, 25],
      ["when what others hold has drained too", { used: 10, held: 4, ahead: 6 }, 0, 1_001],
    ])("%s", (_, fields, own, ms) => {
      expect(at(bucket, count(fields), own)).toBe(ms);
    });

    it("resets when it lets a call pass: at once where it does so now", () => {
      expect(windowResetsAt(bucket, count({ used: 9 }), NOON)).toBe(NOON);
      expect(windowResetsAt(bucket, count({ used: 11 }), NOON)).toBe(NOON + 101);
    });
  });
});

describe("a level", () => {
  const rate = { limit: 10, spanMs: 1_000 };
  const level = (rows: CountedRow[], now: number, { at, level } = { at: 0, level: 0 }) =>
    drainedLevel(rate, { at, level: level * rate.spanMs }, rows, now) / rate.spanMs;

  it("drains between rows, and never below nothing", () => {
    expect(level([], 500)).toBe(0);
    expect(level([{ at: 0, amount: 10 }], 250)).toBeCloseTo(7.5);
    expect(level([{ at: 0, amount: 10 }], 5_000)).toBe(0);
    expect(
      level(
        [
          { at: 0, amount: 10 },
          { at: 2_000, amount: 4 },
        ],
        2_100,
      ),
    ).toBeCloseTo(3);
    expect(level([], 100, { at: 0, level: 5 })).toBeCloseTo(4);
  });

  it("does not grow where the clock was set back", () => {
    expect(level([{ at: 1_000, amount: 10 }], 500)).toBe(10);
  });

  it("is the most that was charged since any moment, less what has drained since", () => {
    const row = fc.record({ gap: fc.nat({ max: 800 }), amount: fc.nat({ max: 15 }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.nat({ max: 2_000 }), (gaps, rest) => {
        let at = 0;
        const rows = gaps.map(({ gap, amount }) => {
          at += gap;
          return { at, amount };
        });
        const now = at + rest;
        let most = 0;
        for (const [index, { at: since }] of rows.entries()) {
          const charged = rows.slice(index).reduce((sum, { amount }) => sum + amount, 0);
          most = Math.max(most, charged - (rate.limit / rate.spanMs) * (now - since));
        }
        expect(level(rows, now)).toBeCloseTo(most, 6);
      }),
      { numRuns: 300 },
    );
  });
});
