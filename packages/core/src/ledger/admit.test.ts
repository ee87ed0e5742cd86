import { describe, expect, it, test } from "vitest";
import { command, daily, NOON } from "../testing/ledger.js";
import type { WindowRule } from "../tier/tier.js";
import { type AdmissionView, admit, type WindowCount, windowResetsAt, windowStart } from "./admit.js";

const MIDNIGHT = Date.parse("2026-03-11T00:00:00.000Z");

function count(used: number, held = 0, entries: { amount: number; endedAt: number }[] = []): WindowCount {
  return { used, held, entriesNewestFirst: () => entries };
}

function view(more: Partial<AdmissionView> = {}): AdmissionView {
  return { now: NOON, ahead: 0, live: 0, probing: false, windows: [count(0)], block: null, ...more };
}

describe("admit", () => {
  test.each<[string, Partial<AdmissionView>, object]>([
    ["with room", {}, { verdict: "admit", probe: false }],
    ["with one ahead", { ahead: 1 }, { verdict: "wait", reason: "queue" }],
    ["with the place taken", { live: 1 }, { verdict: "wait", reason: "concurrency" }],
    ["with the rest held", { windows: [count(900, 100)] }, { verdict: "wait", reason: "held" }],
    ["with the rest nearly held", { windows: [count(900, 99.9)] }, { verdict: "admit", probe: false }],
    ["with the day spent", { windows: [count(1_000)], ahead: 3, live: 1 }, { verdict: "deny" }],
    [
      "before a block's end",
      { block: { until: NOON + 1, code: "hourly_quota", rule: "r" }, ahead: 1 },
      { verdict: "deny", denial: { reason: "upstream", code: "hourly_quota", resetsAt: NOON + 1 } },
    ],
    ["at a block's end", { block: { until: NOON, code: "daily_quota", rule: "r" } }, { verdict: "admit", probe: true }],
    [
      "while another tries",
      { block: { until: NOON, code: "daily_quota", rule: "r" }, probing: true },
      { verdict: "wait", reason: "probe" },
    ],
  ])("%s", (_, more, answer) => {
    expect(admit(command(), view(more))).toMatchObject(answer);
  });

  it("waits for held tokens of any window, but denies for a spent one first", () => {
    const windows = [daily, { ...daily, id: "second" }];
    const answer = admit(command({ windows }), view({ windows: [count(900, 100), count(1_000)] }));
    expect(answer).toMatchObject({ verdict: "deny", denial: { rule: "second" } });
  });

  it("says of a rolling window when the newest row leaves that has to", () => {
    const rule: WindowRule = { ...daily, period: { type: "rolling", spanMs: 1_000 } };
    const entries = [
      { amount: 500, endedAt: NOON - 100 },
      { amount: 600, endedAt: NOON - 300 },
      { amount: 100, endedAt: NOON - 900 },
    ];
    const answer = admit(command({ windows: [rule] }), view({ windows: [count(1_200, 0, entries)] }));
    expect(answer).toMatchObject({ verdict: "deny", denial: { resetsAt: NOON - 300 + 1_000 } });
  });
});

describe("a window", () => {
  const at = (offset: number) => windowStart(daily, MIDNIGHT + offset);

  it("of the calendar begins its margin before the day, and ends its margin after", () => {
    expect(at(1_999)).toBe(MIDNIGHT - 86_400_000 - 2_000);
    expect(at(2_000)).toBe(MIDNIGHT - 2_000);
    expect(windowResetsAt(daily, count(5), MIDNIGHT + 1_999)).toBe(MIDNIGHT + 2_000);
    expect(windowResetsAt(daily, count(5), MIDNIGHT + 2_000)).toBe(MIDNIGHT + 86_400_000 + 2_000);
  });

  it("that rolls counts what ended within the span", () => {
    expect(windowStart({ ...daily, period: { type: "rolling", spanMs: 1_000 } }, NOON)).toBe(NOON - 999);
  });
});
