import { expect, it } from "vitest";
import type { RecentCall } from "../../recent/recent-call.js";
import { paceOf } from "./pace.js";

const NOW = Date.parse("2026-03-10T12:00:00.000Z");
const MINUTE_MS = 60_000;
const RESETS_AT = NOW + 10 * 60 * MINUTE_MS;

/** Newest first, as the page has them. */
function calls(...ago: readonly (readonly [minutes: number, cost: number, provider?: string])[]): RecentCall[] {
  return ago.map(([minutes, cost, provider], id) => {
    const at = new Date(NOW - minutes * MINUTE_MS).toISOString();
    return { id: -id, at, api_tokens: cost, ...(provider === undefined ? {} : { provider }) } as RecentCall;
  });
}

const of = (list: readonly RecentCall[], left: number, provider?: string) =>
  paceOf(list, { left, resetsAt: RESETS_AT, now: NOW, provider });

it("goes on as the last hour went", () => {
  // 300 in half an hour: 10 a minute.
  const list = calls([0, 100], [15, 100], [30, 100]);
  expect(of(list, 1_200)).toEqual({ kind: "empty", at: NOW + 120 * MINUTE_MS });
  expect(of(list, 7_000)).toEqual({ kind: "lasts", left: 1_000 });
  expect(of(list, 5_999)?.kind).toBe("empty");
  expect(of(list, 6_001)?.kind).toBe("lasts");
});

it("does not take a burst for the pace of an hour", () => {
  const list = calls([0, 100], [0, 100], [0, 100]);
  // As if it had taken ten minutes.
  expect(of(list, 3_000)).toEqual({ kind: "empty", at: NOW + 100 * MINUTE_MS });
});

it("says nothing of too few calls, of older ones, of free ones, and when nothing is left", () => {
  expect(of(calls([0, 100], [10, 100]), 500)).toBeUndefined();
  expect(of(calls([0, 100], [10, 100], [61, 100]), 500)).toBeUndefined();
  expect(of(calls([0, 100], [10, 100], [12, 0]), 500)).toBeUndefined();
  expect(of(calls([0, 100], [10, 100], [12, 100]), 0)).toBeUndefined();
});

it("counts the calls of one provider of several", () => {
  const list = calls([0, 100, "groq"], [5, 900, "acme"], [15, 100, "groq"], [30, 100, "groq"]);
  expect(of(list, 1_200, "groq")).toEqual({ kind: "empty", at: NOW + 120 * MINUTE_MS });
  expect(of(list, 1_200, "acme")).toBeUndefined();
});
