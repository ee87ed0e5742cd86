import { expect, it, test } from "vitest";
import { breakerAfter } from "./breaker.js";
import { BREAKER } from "./ledger-store.js";

test.each([
  [0, undefined],
  [2, undefined],
  [3, 5_000],
  [4, 10_000],
  [5, 20_000],
  [6, 40_000],
  [7, 60_000],
  [8, 60_000],
  [5_000, 60_000],
])("after %i failures in a row nothing is sent for %s ms", (failures, breakMs) => {
  expect(breakerAfter(failures, 1_000)?.until).toBe(breakMs === undefined ? undefined : 1_000 + breakMs);
});

it("is a block that one call tries, and that no clock can make last longer than a minute", () => {
  expect(breakerAfter(3, 0)).toMatchObject({ name: BREAKER, needsProbe: true, longestMs: 60_000 });
});
