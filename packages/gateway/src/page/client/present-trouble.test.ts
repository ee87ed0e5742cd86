import { expect, it, test } from "vitest";
import type { RecentCall } from "../../recent/recent-call.js";
import { leadOf, presentTrouble } from "./present-trouble.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");

function call(id: number, outcome: RecentCall["outcome"], secondsAgo: number): RecentCall {
  return { id, outcome, at: new Date(NOW - secondsAgo * 1_000).toISOString() } as RecentCall;
}

it("is the newest call that went wrong, until one goes well", () => {
  const trouble = [call(2, "refused", 10), call(1, "failed", 20), call(0, "answered", 30)];
  expect(presentTrouble(trouble, NOW, 0)?.id).toBe(2);
  expect(presentTrouble([call(3, "aborted", 5), ...trouble], NOW, 0)?.id).toBe(2);
  expect(presentTrouble([call(3, "answered", 5), ...trouble], NOW, 0)).toBeUndefined();
  expect(presentTrouble([call(3, "answered", 10), ...trouble], NOW, 0)).toBeUndefined();
});

it("is there again when the same is refused again, although it keeps its place in the list", () => {
  const again = [call(3, "answered", 9), call(2, "refused", 1)];
  expect(presentTrouble(again, NOW, 0)?.id).toBe(2);
});

it("goes when it is dismissed, and after an hour", () => {
  const trouble = [call(2, "refused", 10)];
  expect(presentTrouble(trouble, NOW, NOW - 10_000)).toBeUndefined();
  expect(presentTrouble(trouble, NOW, NOW - 10_001)?.id).toBe(2);
  expect(presentTrouble([call(2, "refused", 3_599)], NOW, 0)?.id).toBe(2);
  expect(presentTrouble([call(2, "refused", 3_600)], NOW, 0)).toBeUndefined();
});

test.each([
  ["refused", "daily_quota", "Refused: "],
  ["failed", "daily_quota", "Refused by the provider: "],
  ["failed", "rate_limited", "Refused by the provider: "],
  ["failed", "unavailable", "Failed: "],
] as const)("%s with %s reads %s", (outcome, code, lead) => {
  expect(leadOf({ outcome, code })).toBe(lead);
});
