import { expect, it, test } from "vitest";
import { type CountedUse, correctionFor } from "./correction.js";

const counted = (used: number, held: number, hasOthers = false, newestFence = 0): CountedUse => ({
  count: { used, held },
  newestFence,
  hasOthers: () => hasOthers,
});

test.each([
  ["more than is charged and held was used elsewhere", 500, counted(300, 100), 100],
  ["also while others run: what they hold is counted", 500, counted(300, 100, true), 100],
  ["as much as is charged and held is known", 400, counted(300, 100), 0],
  ["between the two it may have counted what runs, or not", 350, counted(300, 100), 0],
  ["as much as is charged is known", 300, counted(300, 100), 0],
  ["less than is charged is believed of a call that is alone", 120, counted(300, 100), -180],
  ["and not while another may not have been counted", 120, counted(300, 100, true), 0],
  ["nothing at all is a count too", 0, counted(300, 0), -300],
  ["parts are rounded up, to what adds up without a rest", 5, counted(2.9, 0), 2_151 / 1_024],
  ["also where less is counted", 2, counted(2.9, 0), -921 / 1_024],
])("%s", (_, used, account, expected) => {
  expect(correctionFor({ used, fence: 7 }, account)).toBe(expected);
});

test.each([
  [6, undefined],
  [7, 20],
  [8, 20],
])("after the answer of call 7, that of call %i comes to %s", (fence, expected) => {
  expect(correctionFor({ used: 20, fence }, counted(0, 0, false, 7))).toBe(expected);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("%d is no count", (used) => {
  expect(correctionFor({ used, fence: 7 }, counted(10, 0))).toBeUndefined();
});

it("asks for others only where less is counted", () => {
  const account = {
    ...counted(300, 0),
    hasOthers: () => {
      throw new Error("asked");
    },
  };
  expect(correctionFor({ used: 400, fence: 7 }, account)).toBe(100);
  expect(correctionFor({ used: 300, fence: 7 }, account)).toBe(0);
});
