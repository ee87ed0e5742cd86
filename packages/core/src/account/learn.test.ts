import { describe, expect, it, test } from "vitest";
import { NOON, useOf } from "../testing/call.js";
import { windowRule } from "../testing/tier.js";
import type { Period, WindowRule } from "../tier/tier.js";
import { type HeardCall, lessonsOf, type WindowHint } from "./learn.js";

const requests = windowRule({ id: "requests", meter: "requests", limit: 50, scope: "model" });
const failures = windowRule({
  id: "failures",
  meter: "requests",
  limit: 20,
  countsFailures: true,
  period: { type: "minute" },
});
const tokens = windowRule({
  id: "tokens",
  meter: "tokens",
  limit: 8_000,
  period: { type: "bucket", spanMs: 60_000 },
  hold: "asked",
});
const hold = { usual: useOf(0, { tokens: 100 }), worst: useOf(0, { tokens: 300 }) };

function heard(rule: WindowRule, used: number, more: Partial<HeardCall> = {}): HeardCall {
  return { model: "m", windows: [rule], used: [used], hold, fence: 7, kept: "all", ...more };
}
const perDay = { meter: "requests", period: "day" } as const;

describe("what an answer teaches of a window", () => {
  it("is the server's own count, by the call's fence, on the window's claim", () => {
    expect(lessonsOf([{ ...perDay, remaining: 20 }], heard(requests, 3), NOON)).toEqual([
      {
        kind: "use",
        claim: {
          bucket: "requests:m",
          rule: "requests",
          limit: 50,
          period: requests.period,
          marginMs: 2_000,
          mustFit: true,
        },
        used: 30,
        fence: 7,
      },
    ]);
  });

  const usedOf = (hint: Partial<WindowHint>, call: HeardCall): number | undefined => {
    const [lesson] = lessonsOf([{ ...perDay, ...hint }], call, NOON);
    return lesson?.kind === "use" ? lesson.used : undefined;
  };

  test.each([
    ["the tier's limit", {}, 30],
    ["a larger limit, from which the server counts down", { limit: 100 }, 80],
    ["the tier's limit where the server's is smaller: no more is left than it says", { limit: 25 }, 30],
  ])("counts from %s", (_, more, used) => {
    expect(usedOf({ remaining: 20, ...more }, heard(requests, 3))).toBe(used);
  });

  it("is never less than nothing, and more than the limit where the server let too much pass", () => {
    expect(usedOf({ remaining: 90 }, heard(requests, 3))).toBe(0);
    expect(usedOf({ remaining: -2 }, heard(requests, 3))).toBe(52);
  });

  it("is nothing where the server counts as we do, with the call or not yet", () => {
    for (const remaining of [46, 47]) expect(usedOf({ remaining }, heard(requests, 3))).toBeUndefined();
    expect(usedOf({ remaining: 45 }, heard(requests, 3))).toBe(5);
    expect(usedOf({ remaining: 48 }, heard(requests, 3))).toBe(2);
    const perMinute = { meter: "tokens", period: "minute" } as const;
    for (const remaining of [7_000, 6_700])
      expect(usedOf({ ...perMinute, remaining }, heard(tokens, 1_000))).toBeUndefined();
    expect(usedOf({ ...perMinute, remaining: 6_699 }, heard(tokens, 1_000))).toBe(1_301);
  });

  it("leaves room for what a call that was refused gives back", () => {
    const none = heard(requests, 3, { kept: "none" });
    expect(usedOf({ remaining: 47 }, none)).toBeUndefined();
    expect(usedOf({ remaining: 46 }, none)).toBe(5);
    const minute = { period: "minute", remaining: 10 } as const;
    expect(usedOf(minute, heard(failures, 3, { kept: "failures" }))).toBe(10);
    expect(usedOf({ remaining: 40 }, heard(requests, 3, { kept: "failures" }))).toBe(11);
  });

  it.each<[string, WindowHint]>([
    ["that binds no rule of the call", { meter: "tokens", period: "day", remaining: 0 }],
    ["that says no count", { ...perDay, limit: 50, resetsAt: NOON + 5 }],
    ["of the limit 0, which is none of the window", { ...perDay, remaining: 0, limit: 0, resetsAt: NOON + 5 }],
  ])("is nothing for a hint %s", (_, hint) => expect(lessonsOf([hint], heard(requests, 3), NOON)).toEqual([]));
});

it("never makes another window of the same bucket forget: a minute that has begun anew is none of the day's, nor the other way round", () => {
  const minute = { ...requests, id: "minute", limit: 30, period: { type: "minute" } } as const;
  const hint = (remaining: number): WindowHint => ({ meter: "requests", period: "minute", remaining });
  const call = heard(minute, 20, { windows: [requests, minute], used: [40, 20] });
  expect(lessonsOf([hint(29)], call, NOON + 30_000)).toEqual([]);
  expect(lessonsOf([hint(1)], call, NOON + 30_000)).toMatchObject([{ kind: "use", used: 29 }]);
  // A minute alone has nothing to lose.
  expect(lessonsOf([hint(29)], heard(minute, 20), NOON + 30_000)).toMatchObject([{ used: 1 }]);
  // A day told to hold less let 113 calls through in a minute of 20.
  expect(lessonsOf([{ ...perDay, remaining: 40 }], call, NOON + 30_000)).toEqual([]);
  expect(lessonsOf([{ ...perDay, remaining: 5 }], call, NOON + 30_000)).toMatchObject([{ used: 45 }]);
});

it("never makes a window that rolls on forget: the rows that were told to be less leave it before the lesson does", () => {
  const hour = { ...requests, id: "hour", limit: 100, period: { type: "rolling", spanMs: 3_600_000 } } as const;
  const hint = (remaining: number): WindowHint => ({ meter: "requests", period: "hour", remaining });
  expect(lessonsOf([hint(90)], heard(hour, 50), NOON)).toEqual([]);
  expect(lessonsOf([hint(20)], heard(hour, 50), NOON)).toMatchObject([{ used: 80 }]);
});

describe("within the margin of a window's edge", () => {
  const minute = { ...failures, marginMs: 2_000 };
  const lessonAt = (at: number, remaining: number, rule: WindowRule = minute) =>
    lessonsOf([{ meter: rule.meter, period: "minute", remaining }], heard(rule, 10), at);

  it("less is not believed, which may be of the window before or after; more is", () => {
    for (const at of [NOON, NOON + 1_999, NOON - 1, NOON - 2_000]) {
      expect(lessonAt(at, 19)).toEqual([]);
      expect(lessonAt(at, 5)).toMatchObject([{ kind: "use", used: 15 }]);
    }
    for (const at of [NOON + 2_000, NOON - 2_001]) expect(lessonAt(at, 19)).toMatchObject([{ used: 1 }]);
    // A bucket has no edge.
    expect(lessonAt(NOON, 7_999, tokens)).toMatchObject([{ used: 1 }]);
  });
});

describe("a window of which nothing is left", () => {
  it("is not charged what was used elsewhere where the server begins anew before our edge: it would stay closed until that", () => {
    const hint = { ...perDay, remaining: 0 };
    expect(lessonsOf([{ ...hint, resetsAt: NOON + 60_000 }], heard(requests, 3), NOON)).toMatchObject([
      { kind: "block" },
    ]);
    const midnight = Date.UTC(2026, 2, 11);
    expect(lessonsOf([{ ...hint, resetsAt: midnight }], heard(requests, 3), NOON)).toMatchObject([
      { kind: "use", used: 50 },
      { kind: "block" },
    ]);
  });

  const empty = { ...perDay, remaining: 0, resetsAt: NOON + 60_000 };

  it("is closed until the reset that the server named, which needs no probe", () => {
    expect(lessonsOf([empty], heard(requests, 49), NOON)).toEqual([
      {
        kind: "block",
        name: "requests:m",
        until: NOON + 60_000,
        longestMs: 25 * 3_600_000,
        code: "daily_quota",
        rule: "requests",
        needsProbe: false,
      },
    ]);
    expect(lessonsOf([{ ...empty, remaining: 1 }], heard(requests, 49), NOON).map(({ kind }) => kind)).toEqual([]);
  });

  it("is closed so by a refusal with the limit 0 too, which counts nothing else", () => {
    const zero = { ...empty, limit: 0 };
    expect(lessonsOf([zero], heard(requests, 3, { kept: "none" }), NOON)).toMatchObject([
      { kind: "block", until: NOON + 60_000 },
    ]);
    for (const kept of ["all", "failures"] as const)
      expect(lessonsOf([zero], heard(requests, 3, { kept }), NOON)).toEqual([]);
  });

  test.each<[Period["type"], WindowHint["period"], string]>([
    ["minute", "minute", "hourly_quota"],
    ["hour", "hour", "hourly_quota"],
    ["month", "month", "monthly_quota"],
  ])("of a %s is closed with the code of its period", (type, period, code) => {
    const rule = { ...requests, period: { type, zone: "UTC", resetHour: 0 } as Period };
    expect(lessonsOf([{ ...empty, period }], heard(rule, 49), NOON)).toMatchObject([{ kind: "block", code }]);
  });

  it("is not closed where it refills, or where the reset is over or unknown; nor for longer than it lasts", () => {
    const rolling = { ...requests, period: { type: "rolling", spanMs: 86_400_000 } } as const;
    const blocks = (hint: WindowHint, rule: WindowRule = requests) => lessonsOf([hint], heard(rule, 49), NOON);
    expect(blocks(empty, rolling)).toEqual([]);
    expect(blocks({ ...empty, resetsAt: NOON })).toEqual([]);
    expect(blocks({ ...perDay, remaining: 0 })).toEqual([]);
    expect(blocks({ ...empty, resetsAt: NOON + 90 * 86_400_000 })).toMatchObject([{ until: NOON + 25 * 3_600_000 }]);
  });
});
