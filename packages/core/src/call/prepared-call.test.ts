import { describe, expect, it } from "vitest";
import type { WindowLeft } from "../account/remaining.js";
import { TOKEN_UNIT } from "../cost/meter.js";
import { API_TOKENS } from "../providers/laplas/laplas-tiers.js";
import { createTotals, reportOf } from "./prepared-call.js";

const window = (fields: Partial<WindowLeft> = {}): WindowLeft => {
  return { rule: "daily", metric: "apiTokens", unit: "API tokens", limit: 100, remaining: 50, ...fields };
};

describe("a new totals", () => {
  it("has nothing in it but an id", () => {
    expect(createTotals("mine")).toEqual({
      waitedMs: 0,
      attempts: 0,
      cost: 0,
      estimated: false,
      truncated: false,
      adjusted: [],
      requestId: "mine",
      left: [],
    });
  });

  it("has an id of its own where the caller gives none", () => {
    const [one, other] = [createTotals(), createTotals()];
    expect(one.requestId).toMatch(/^[\da-f-]{36}$/);
    expect(other.requestId).not.toBe(one.requestId);
  });
});

describe("a report", () => {
  const unit = API_TOKENS;
  const adjusted = [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }];

  it("repeats the totals, waiting time in whole milliseconds", () => {
    const totals = {
      ...createTotals("mine"),
      waitedMs: 12.6,
      attempts: 2,
      cost: 7,
      estimated: true,
      truncated: true,
    };
    expect(reportOf({ totals, adjusted, unit, provider: "laplas" })).toEqual({
      provider: "laplas",
      apiTokens: 7,
      estimated: true,
      adjusted,
      waitedMs: 13,
      attempts: 2,
      windows: [],
      truncatedByTier: true,
      requestId: "mine",
    });
  });

  it("names what the tightest window of API tokens has left, and when that resets", () => {
    const resetsAt = new Date(5);
    const left = [
      window({ remaining: 9, resetsAt: new Date(9) }),
      window({ remaining: 5, resetsAt }),
      window({ metric: "requests", remaining: 1 }),
    ];
    expect(reportOf({ totals: { ...createTotals(), left }, adjusted, unit, provider: "laplas" })).toMatchObject({
      remaining: 5,
      resetsAt,
      windows: left,
    });
  });

  it("names no reset where the tightest window has none", () => {
    const left = [window({ remaining: 0 }), window({ remaining: 9, resetsAt: new Date(9) })];
    const report = reportOf({ totals: { ...createTotals(), left }, adjusted, unit, provider: "laplas" });
    expect(report.remaining).toBe(0);
    expect(report).not.toHaveProperty("resetsAt");
  });

  it("names nothing left where only requests are counted", () => {
    const left = [window({ metric: "requests", remaining: 1, resetsAt: new Date(9) })];
    const report = reportOf({ totals: { ...createTotals(), left }, adjusted, unit, provider: "laplas" });
    expect(report).not.toHaveProperty("remaining");
    expect(report).not.toHaveProperty("resetsAt");
  });

  it("has the cost in the provider's own unit, and what is left of windows that count it", () => {
    const left = [window({ metric: "tokens", remaining: 3 }), window({ remaining: 1 })];
    const report = reportOf({
      totals: { ...createTotals(), cost: 7, left },
      adjusted,
      unit: TOKEN_UNIT,
      provider: "laplas",
    });
    expect(report).toMatchObject({ tokens: 7, remaining: 3 });
    expect(report).not.toHaveProperty("apiTokens");
    const neurons = { name: "neurons", field: "credits" } as const;
    expect(
      reportOf({ totals: { ...createTotals(), cost: 7 }, adjusted, unit: neurons, provider: "laplas" }),
    ).toMatchObject({ credits: 7 });
  });
});
