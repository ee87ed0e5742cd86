import { describe, expect, it, test } from "vitest";
import { block, command, DAY_MS, daily, NOON, type TestCall } from "../testing/ledger.js";
import type { Period, WindowRule } from "../tier/tier.js";
import { type AdmissionView, admit, CLOSED, isInForce, OPEN, quotaCode } from "./admit.js";
import { BREAKER } from "./ledger-store.js";
import type { ClaimCount, CountedRow } from "./window-time.js";

const HOUR_MS = 3_600_000;
const RESET = Date.parse("2026-03-11T00:00:02.000Z");

function count(fields: Partial<ClaimCount> = {}, rows: readonly CountedRow[] = []): ClaimCount {
  return { used: 0, held: 0, ahead: 0, oldestFirst: () => rows, ...fields };
}

function view(more: Partial<AdmissionView> = {}): AdmissionView {
  return {
    now: NOON,
    aheadInLane: 0,
    counts: [count()],
    slots: [{ occupied: 0, ahead: 0 }],
    blocks: [],
    probing: new Set(),
    ...more,
  };
}

/** The admission of one call, by what it and its account are like. */
const decide = (more: Partial<AdmissionView> = {}, fields: Partial<TestCall> = {}) =>
  admit(command(fields), view(more));
const ADMIT = { verdict: "admit", probes: [] };

describe("a call", () => {
  test.each<[string, Partial<AdmissionView>, object]>([
    ["with room is admitted", {}, ADMIT],
    ["behind an earlier one of its lane waits", { aheadInLane: 1 }, { verdict: "wait", closedUntil: OPEN }],
    ["waits where its slot is taken", { slots: [{ occupied: 1, ahead: 0 }] }, { verdict: "wait", closedUntil: OPEN }],
    ["waits where an earlier ticket waits for its slot", { slots: [{ occupied: 0, ahead: 1 }] }, { verdict: "wait" }],
    ["of which nothing is known of its slot is admitted", { slots: [] }, ADMIT],
  ])("%s", (_, more, answer) => {
    expect(decide(more)).toEqual({
      ...answer,
      ...("closedUntil" in answer || answer === ADMIT ? {} : { closedUntil: OPEN }),
    });
  });

  test.each([
    [2, 1, 0, "admit"],
    [2, 1, 1, "wait"],
    [2, 2, 0, "wait"],
  ])("with %i slots, %i taken and %i waited for: %s", (concurrency, occupied, ahead, verdict) => {
    expect(decide({ slots: [{ occupied, ahead }] }, { concurrency }).verdict).toBe(verdict);
  });
});

describe("a day", () => {
  test.each<[string, Partial<ClaimCount>, boolean, string]>([
    ["used up to less than the limit", { used: 999.9 }, false, "admit"],
    ["used up", { used: 1_000 }, false, "deny"],
    ["used and held so that the call fits", { used: 800, held: 100 }, false, "admit"],
    ["used and held so that the call would go over the limit beside others", { used: 800, held: 100.1 }, false, "wait"],
    ["used and held by earlier tickets so that it would go over the limit", { used: 800, ahead: 100.1 }, false, "wait"],
    ["used and held up", { used: 900, held: 100 }, false, "wait"],
    ["used, and held by earlier tickets", { used: 900, ahead: 100 }, false, "wait"],
    ["with room for the call's own cost", { used: 800, held: 100 }, true, "admit"],
    ["without room for the call's own cost", { used: 800, held: 101 }, true, "wait"],
    ["with as much used that the call's own cost never fits", { used: 901 }, true, "deny"],
  ])("%s (own cost of 100 counts: %4$s)", (_, fields, countOwnHold, verdict) => {
    expect(decide({ counts: [count(fields)] }, { countOwnHold }).verdict).toBe(verdict);
  });

  it("that may have room yet, when calls cost less than they hold, keeps no slot busy and says no time", () => {
    expect(decide({ counts: [count({ used: 900, held: 100 })] }, { patienceMs: DAY_MS })).toEqual({
      verdict: "wait",
      closedUntil: CLOSED,
    });
  });

  it("that is used up is denied, with its rule, count and reset", () => {
    expect(decide({ counts: [count({ used: 1_001, held: 5 })], aheadInLane: 3 })).toEqual({
      verdict: "deny",
      denial: {
        reason: "window",
        rule: "daily",
        bucket: "credits",
        code: "daily_quota",
        resetsAt: RESET,
        used: 1_001,
        limit: 1_000,
        now: NOON,
      },
    });
  });

  test.each([
    [0, "wait"],
    [-1, "deny"],
  ])("that resets within the patience is waited for: %i ms to spare: %s", (spareMs, verdict) => {
    const patienceMs = RESET - NOON + spareMs;
    const answer = decide({ counts: [count({ used: 1_000 })] }, { patienceMs });
    expect(answer.verdict).toBe(verdict);
    if (verdict === "wait") {
      const full = { rule: "daily", used: 1_000, limit: 1_000 };
      expect(answer).toEqual({ verdict: "wait", readyAt: RESET, full, closedUntil: RESET });
    }
  });

  it("can't hold a call that costs more than the whole limit", () => {
    const costly = { countOwnHold: true, heldApiTokens: 1_000.5 };
    expect(decide({}, costly)).toMatchObject({ verdict: "deny", denial: { reason: "cost", code: "request_cost" } });
    expect(decide({}, { ...costly, heldApiTokens: 1_000 })).toEqual(ADMIT);
  });

  it("of no limit at all admits nothing", () => {
    expect(decide({}, { windows: [{ ...daily, limit: 0 }] })).toMatchObject({
      verdict: "deny",
      denial: { reason: "cost" },
    });
  });
});

describe("several windows", () => {
  const windows = [daily, { ...daily, id: "second" }];

  it("are all looked at: one that is used up denies before another's held tokens are waited for", () => {
    const counts = [count({ used: 900, held: 100 }), count({ used: 1_000 })];
    expect(decide({ counts }, { windows })).toMatchObject({ verdict: "deny", denial: { rule: "second" } });
  });

  it("pass together when the last of them does", () => {
    const minute: WindowRule = { ...daily, id: "minute", period: { type: "minute" }, marginMs: 0 };
    const hour: WindowRule = { ...daily, id: "hour", period: { type: "hour" }, marginMs: 0 };
    const counts = [count({ used: 1_000 }), count({ used: 1_000 })];
    expect(decide({ counts }, { windows: [minute, hour], patienceMs: HOUR_MS })).toMatchObject({
      verdict: "wait",
      readyAt: NOON + HOUR_MS,
      full: { rule: "hour" },
    });
  });

  it("that are full for a while and held in part keep the slot free until nobody knows when", () => {
    const minute: WindowRule = { ...daily, id: "minute", period: { type: "minute" }, marginMs: 0 };
    const counts = [count({ used: 1_000 }), count({ used: 900, held: 100 })];
    expect(decide({ counts }, { windows: [minute, daily], patienceMs: 60_000 })).toEqual({
      verdict: "wait",
      readyAt: NOON + 60_000,
      full: { rule: "minute", used: 1_000, limit: 1_000 },
      closedUntil: CLOSED,
    });
  });
});

describe("a rolling window", () => {
  const rolling: WindowRule = { ...daily, period: { type: "rolling", spanMs: 1_000 } };
  const rows = [
    { amount: 100, at: NOON - 900 },
    { amount: 600, at: NOON - 300 },
    { amount: 500, at: NOON - 100 },
  ];

  it("lets a call pass when the rows have left that have to", () => {
    const counts = [count({ used: 1_200 }, rows)];
    expect(decide({ counts }, { windows: [rolling], patienceMs: 700 })).toMatchObject({
      verdict: "wait",
      readyAt: NOON + 700,
    });
    expect(decide({ counts }, { windows: [rolling], patienceMs: 699 })).toMatchObject({
      verdict: "deny",
      denial: { resetsAt: NOON + 700, code: "hourly_quota" },
    });
  });

  it("of more than an hour waits for what is held, which may cost less, and a shorter one is reckoned", () => {
    const counts = [count({ used: 900, held: 100 }, [{ amount: 900, at: NOON - 1_000 }])];
    const of = (spanMs: number) => [{ ...rolling, period: { type: "rolling" as const, spanMs } }];
    expect(decide({ counts }, { windows: of(HOUR_MS + 1), patienceMs: 1 })).toEqual({
      verdict: "wait",
      closedUntil: CLOSED,
    });
    expect(decide({ counts }, { windows: of(HOUR_MS), patienceMs: 1 })).toMatchObject({ verdict: "deny" });
  });
});

describe("a block", () => {
  test.each([
    [1, "deny"],
    [0, "admit"],
    [-1, "admit"],
  ])("whose end is %i ms ahead: %s", (ms, verdict) => {
    expect(decide({ blocks: [block({ until: NOON + ms })] }).verdict).toBe(verdict);
  });

  it("denies before the queue, with its own code, rule and end", () => {
    const blocks = [block({ until: NOON + 5, code: "monthly_quota", rule: "r" })];
    expect(decide({ blocks, aheadInLane: 1 })).toEqual({
      verdict: "deny",
      denial: {
        reason: "upstream",
        rule: "r",
        code: "monthly_quota",
        resetsAt: NOON + 5,
        used: 0,
        limit: 0,
        now: NOON,
      },
    });
  });

  test.each([
    [5_000, "wait"],
    [4_999, "deny"],
  ])("that ends in 5 s is waited for with a patience of %i ms: %s", (patienceMs, verdict) => {
    expect(decide({ blocks: [block({ until: NOON + 5_000 })] }, { patienceMs }).verdict).toBe(verdict);
  });

  it("at its end is tried by one call, if it needs that, while the others wait", () => {
    const ended = block({ until: NOON });
    expect(decide({ blocks: [ended] })).toEqual({ verdict: "admit", probes: ["account"] });
    expect(decide({ blocks: [ended], probing: new Set(["account"]) })).toEqual({
      verdict: "wait",
      closedUntil: CLOSED,
    });
    expect(decide({ blocks: [ended], probing: new Set(["other"]) })).toMatchObject({ verdict: "admit" });
    expect(decide({ blocks: [{ ...ended, needsProbe: false }], probing: new Set(["account"]) })).toEqual(ADMIT);
  });

  it("of several names is tried together, once all have ended", () => {
    const [one, other] = [block({ until: NOON - 1 }), block({ name: "model:a", until: NOON - 5 })];
    expect(decide({ blocks: [one, other] })).toEqual({ verdict: "admit", probes: ["account", "model:a"] });
    expect(decide({ blocks: [one, { ...other, until: NOON + 1 }] }).verdict).toBe("deny");
  });

  it("of the breaker denies whatever the patience, and is tried like any other", () => {
    const breaker = block({ name: BREAKER, until: NOON + 1_000 });
    expect(decide({ blocks: [breaker] }, { patienceMs: DAY_MS })).toMatchObject({
      verdict: "deny",
      denial: { reason: "breaker", resetsAt: NOON + 1_000 },
    });
    expect(decide({ blocks: [{ ...breaker, until: NOON }] })).toEqual({ verdict: "admit", probes: [BREAKER] });
  });

  test.each([
    [-1, false],
    [0, false],
    [1, true],
    [1_000, true],
    [1_001, false],
  ])("that can last a second at most and ends %i ms ahead is in force: %s", (ms, expected) => {
    expect(isInForce(block({ until: NOON + ms, longestMs: 1_000 }), NOON)).toBe(expected);
  });

  test.each(["payment_required", "model_not_on_tier"] as const)(
    "that only a hand ends is in force whatever the clock says: %s",
    (code) => {
      const off = block({ code, until: NOON + 36_525 * DAY_MS, longestMs: 36_525 * DAY_MS });
      for (const now of [NOON - DAY_MS, NOON, NOON + 1_000 * DAY_MS]) expect(isInForce(off, now)).toBe(true);
      expect(isInForce(off, off.until)).toBe(false);
      expect(decide({ blocks: [off] })).toMatchObject({ verdict: "deny", denial: { reason: "upstream", code } });
    },
  );
});

describe("the code of a window that is full", () => {
  test.each<[Period, number, string]>([
    [{ type: "minute" }, 1, "hourly_quota"],
    [{ type: "hour" }, 1, "hourly_quota"],
    [{ type: "day", zone: "UTC", resetHour: 0 }, 1, "daily_quota"],
    [{ type: "month", zone: "UTC", resetHour: 0 }, 1, "monthly_quota"],
    [{ type: "rolling", spanMs: HOUR_MS }, 1, "hourly_quota"],
    [{ type: "rolling", spanMs: HOUR_MS + 1 }, 1, "daily_quota"],
    [{ type: "bucket", spanMs: DAY_MS }, HOUR_MS, "hourly_quota"],
    [{ type: "bucket", spanMs: DAY_MS }, HOUR_MS + 1, "daily_quota"],
  ])("of %o, for %i ms more, is %s", (period, waitMs, code) => {
    const [claim] = command({ windows: [{ ...daily, period }] }).claims;
    if (claim === undefined) throw new Error("no claim");
    expect(quotaCode(claim, waitMs)).toBe(code);
  });
});
