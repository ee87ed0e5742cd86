import { describe, expect, it, test } from "vitest";
import type { HourOfUse } from "../../recent/hourly-use.js";
import { drawBars, drawLevel, roundUp } from "./chart-scale.js";
import { dayUse } from "./day-use.js";

const RESETS_AT = Date.parse("2026-03-11T00:00:02.000Z");
const NOON = Date.parse("2026-03-10T12:00:00.000Z");
const FIVE: HourOfUse = {
  from: "2026-03-10T05:00:00.000Z",
  api_tokens: 400,
  calls: 2,
  models: [
    { model: "large", api_tokens: 300, calls: 1 },
    { model: "small", api_tokens: 100, calls: 1 },
  ],
};

describe("the level", () => {
  const use = dayUse([FIVE], NOON, RESETS_AT);
  const level = (more: object = {}) =>
    drawLevel(use, { limit: 1_000, used: 400, left: 600, now: NOON, pace: undefined, ...more });

  it("is full at the start, and each hour takes its blocks off the top", () => {
    const { columns } = level();
    expect(columns[0]).toEqual({ blocks: [], level: 100, left: 1_000 });
    expect(columns[5]).toEqual({
      blocks: [
        { series: 0, from: 70, height: 30 },
        { series: 1, from: 60, height: 10 },
      ],
      level: 60,
      left: 600,
    });
    expect(columns[12]?.level).toBe(60);
    // Nobody knows the hours to come.
    expect(columns[13]).toEqual({ blocks: [], level: undefined, left: undefined });
  });

  it("begins lower by what was used elsewhere", () => {
    const { columns, elsewhere } = level({ used: 600, left: 400 });
    expect(elsewhere).toBe(20);
    expect([columns[0]?.level, columns[5]?.level]).toEqual([80, 40]);
  });

  it("never falls below nothing", () => {
    const { columns } = level({ limit: 350, used: 400, left: 0 });
    expect(columns[5]).toMatchObject({ level: 0, left: 0 });
    expect(columns[5]?.blocks.reduce((sum, { height }) => sum + height, 0)).toBeCloseTo(100);
  });

  it("shows where the pace leads", () => {
    expect(level({ pace: { kind: "empty", at: NOON + 6 * 3_600_000 } }).pace).toEqual({ x: 75, y: 0 });
    expect(level({ pace: { kind: "lasts", left: 250 } }).pace).toEqual({ x: 100, y: 25 });
    expect(level()).toMatchObject({ pace: undefined, nowAt: 50, present: 0 });
  });
});

it("bars stand on each other, on a scale that ends with a round number", () => {
  const { columns, top } = drawBars(dayUse([FIVE], NOON, RESETS_AT), NOON);
  expect(top).toBe(500);
  expect(columns[5]?.blocks).toEqual([
    { series: 0, from: 0, height: 60 },
    { series: 1, from: 60, height: 20 },
  ]);
  expect(columns[5]?.level).toBeUndefined();
  expect(drawBars(dayUse([], NOON, RESETS_AT), NOON).top).toBe(5);
});

test.each([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 5],
  [51, 100],
  [100, 100],
  [1_001, 2_000],
])("%i ends at %i", (most, end) => {
  expect(roundUp(most)).toBe(end);
});
