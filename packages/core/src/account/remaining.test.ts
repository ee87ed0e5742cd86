import { describe, expect, it, test } from "vitest";
import { amountOf, type CostUnit } from "../cost/meter.js";
import { API_TOKENS } from "../providers/laplas/laplas-tiers.js";
import { NOON, useOf } from "../testing/call.js";
import { windowRule } from "../testing/tier.js";
import type { WindowRule } from "../tier/tier.js";
import { remainingAfter, tightest, type WindowLeft } from "./remaining.js";

const charging = (credits: number) => (rule: WindowRule) => amountOf(rule.meter, useOf(credits));
const remaining = (used: number | undefined, credits: number, fields: Parameters<typeof windowRule>[0] = {}) =>
  remainingAfter(
    [windowRule({ limit: 10, ...fields })],
    used === undefined ? [] : [used],
    charging(credits),
    NOON,
    API_TOKENS,
  )[0]?.remaining;
const resetOf = (fields: Parameters<typeof windowRule>[0], at: string) =>
  remainingAfter([windowRule(fields)], [0], charging(0), Date.parse(at), API_TOKENS)[0]?.resetsAt?.toISOString();

describe("the remaining quota of a window", () => {
  test.each([
    [0, 0, 10],
    [3, 4, 3],
    [3, 7, 0],
    [3, 8, 0],
    [20, 0, 0],
  ])("of 10, with %i used by others and %i by the call, is %i: never negative", (used, own, left) => {
    expect(remaining(used, own)).toBe(left);
  });

  test.each([
    [0.6, 9],
    [0.5, 10],
    [0.4, 10],
  ])("is rounded to the nearest whole number: 10 minus %d is %i", (used, left) => {
    expect(remaining(used, 0)).toBe(left);
  });

  it("counts the call as one request, whatever it costs", () => {
    expect(remaining(3, 500, { meter: "requests" })).toBe(6);
    expect(remaining(3, 0, { meter: "requests" })).toBe(6);
  });

  it("is the limit where no use is known", () => {
    expect(remaining(undefined, 0)).toBe(10);
  });

  it("is in the unit of the provider, under the field that it has in reports", () => {
    const of = (unit: CostUnit) => remainingAfter([windowRule()], [1], charging(3), NOON, unit)[0];
    expect(of({ name: "neurons", field: "credits" })).toMatchObject({ metric: "credits", unit: "neurons" });
    expect(of({ name: "tokens", field: "tokens" })).toMatchObject({ metric: "tokens", unit: "tokens" });
  });

  it("is listed per window, by the id of its rule", () => {
    const rules = [windowRule({ id: "one", limit: 5 }), windowRule({ id: "other", meter: "requests", limit: 7 })];
    expect(remainingAfter(rules, [1, 2], charging(3), NOON, API_TOKENS)).toMatchObject([
      { rule: "one", metric: "apiTokens", unit: "API tokens", limit: 5, remaining: 1 },
      { rule: "other", metric: "requests", unit: "requests", limit: 7, remaining: 4 },
    ]);
  });
});

describe("the reset of a window", () => {
  const day = { period: { type: "day", zone: "UTC", resetHour: 7 }, marginMs: 2_000 } as const;

  test.each([
    ["2026-03-10T07:00:02.000Z", "2026-03-11T07:00:02.000Z"],
    ["2026-03-10T12:00:00.000Z", "2026-03-11T07:00:02.000Z"],
    // Within the margin the day before goes on.
    ["2026-03-10T07:00:01.999Z", "2026-03-10T07:00:02.000Z"],
  ])("of a day from 07:00 with 2 s of margin: at %s it is %s", (at, resetsAt) => {
    expect(resetOf(day, at)).toBe(resetsAt);
  });

  it("of an hour is the next full hour", () => {
    expect(resetOf({ period: { type: "hour" }, marginMs: 0 }, "2026-03-10T12:59:59.999Z")).toBe(
      "2026-03-10T13:00:00.000Z",
    );
  });

  it("does not exist for a rolling window, which frees call by call", () => {
    const [window] = remainingAfter(
      [windowRule({ period: { type: "rolling", spanMs: 60_000 } })],
      [0],
      charging(0),
      NOON,
      API_TOKENS,
    );
    expect(window).not.toHaveProperty("resetsAt");
  });
});

describe("the tightest window", () => {
  const window = (rule: string, remaining: number, metric: WindowLeft["metric"] = "apiTokens"): WindowLeft => {
    return { rule, metric, unit: metric, limit: 100, remaining };
  };

  it("has the least remaining of its metric", () => {
    const windows = [window("a", 5), window("b", 0), window("c", 9), window("d", 1, "requests")];
    expect(tightest(windows, "apiTokens")?.rule).toBe("b");
    expect(tightest(windows, "requests")?.rule).toBe("d");
  });

  it("is the first of equals", () => {
    expect(tightest([window("a", 5), window("b", 5)], "apiTokens")?.rule).toBe("a");
  });

  it("is undefined where the metric has no limit", () => {
    expect(tightest([], "apiTokens")).toBeUndefined();
    expect(tightest([window("a", 5)], "requests")).toBeUndefined();
  });
});
