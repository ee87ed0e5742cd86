import { describe, expect, it, test } from "vitest";
import { claimsOf, DAY_MS, daily, NOON } from "../testing/ledger.js";
import type { Period } from "../tier/tier.js";
import { isLingering, retentionMs, slotsOfDeadUntil } from "./retention.js";

describe("the slots of a dead holder", () => {
  test.each([
    [
      "just after its sign, to the moment at which the next one would have come and its request may have ended",
      0,
      5_000,
    ],
    ["between two signs, for as long", -4_999, 5_000],
    ["that gave its sign long ago, no longer", -10_000, 0],
    ["that gave its sign some time ago, for what is left of it", -7_000, 3_000],
    ["whose sign lies ahead, by a clock that was wrong, for as long as after one of now", DAY_MS, 5_000],
  ])("%s", (_, seenAgo, ms) => {
    expect(slotsOfDeadUntil(NOON + seenAgo, NOON)).toBe(NOON + ms);
  });
});

test.each([
  [0, false],
  [1, true],
  [10_000, true],
  [10_001, false],
  [-1, false],
])("an ended call whose slots are free in %i ms occupies them: %s", (ms, expected) => {
  expect(isLingering(NOON + ms, NOON)).toBe(expected);
});

describe("a settled row matters", () => {
  const of = (...periods: Period[]) => retentionMs(claimsOf(periods.map((period) => ({ ...daily, period }))));

  test.each<[string, Period, number]>([
    ["a day more than its window, in whichever zone", { type: "day", zone: "Pacific/Kiritimati", resetHour: 23 }, 2],
    ["a day more than a month", { type: "month", zone: "UTC", resetHour: 0 }, 32],
    ["a day more than it rolls", { type: "rolling", spanMs: 3 * DAY_MS }, 4],
    ["four spans of a bucket that refills", { type: "bucket", spanMs: DAY_MS }, 5],
  ])("%s", (_, period, days) => {
    expect(of(period)).toBe(days * DAY_MS);
  });

  it("for the longest of several windows, and for none where there are none", () => {
    expect(of({ type: "minute" }, { type: "month", zone: "UTC", resetHour: 0 }, { type: "hour" })).toBe(32 * DAY_MS);
    expect(of()).toBe(0);
  });
});
