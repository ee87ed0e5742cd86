import { describe, expect, it, test } from "vitest";
import { useOf } from "../testing/call.js";
import { windowRule } from "../testing/tier.js";
import type { WindowRule } from "../tier/tier.js";
import { bucketsOf, chargeOf, chargesOf, claimsOf, freeCharges, holdOf } from "./claims.js";

const minute = { type: "minute" } as const;
const cost = windowRule({ id: "cost" });
const perMinute = windowRule({ id: "per_minute", period: minute, limit: 7, marginMs: 5 });
const requests = windowRule({ id: "requests", meter: "requests", scope: "model" });
const asked = windowRule({ id: "asked", meter: "tokens", hold: "asked" });
const refunded = windowRule({ id: "refunded", meter: "tokens", hold: "asked", refund: true });
const failures = windowRule({ id: "failures", meter: "requests", countsFailures: true });

const usual = useOf(16, { tokens: 20, inputTokens: 8, outputTokens: 12 });
const worst = useOf(90, { tokens: 110, inputTokens: 10, outputTokens: 100 });
const hold = { usual, worst };

describe("the claims of a call", () => {
  it("are its windows, in their order, each on its bucket", () => {
    expect(claimsOf([perMinute, requests], "gpt-4o", false)).toEqual([
      { bucket: "credits", rule: "per_minute", limit: 7, period: minute, marginMs: 5, mustFit: false },
      {
        bucket: "requests:gpt-4o",
        rule: "requests",
        limit: 1_000,
        period: { type: "day", zone: "UTC", resetHour: 0 },
        marginMs: 2_000,
        mustFit: true,
      },
    ]);
  });

  it.each([
    ["the worst case", true, [true, true, true]],
    ["what is expected, but for whole requests and for buckets that refill", false, [false, true, true]],
  ] as const)("must fit by %s", (_, isWorstCase, mustFit) => {
    const refilling = windowRule({ id: "refilling", period: { type: "bucket", spanMs: 60_000 } });
    const claims = claimsOf([cost, requests, refilling], "gpt-4o", isWorstCase);
    expect(claims.map((claim) => claim.mustFit)).toEqual(mustFit);
  });

  it("must fit where the window says so, and of a prompt the densest has to", () => {
    const fitting = windowRule({ id: "fitting", meter: "inputTokens", mustFit: true });
    expect(claimsOf([fitting], "gpt-4o", false).map((claim) => claim.mustFit)).toEqual([true]);
    expect(holdOf(fitting, hold)).toBe(hold.worst.inputTokens);
    expect(holdOf({ ...fitting, meter: "tokens" }, hold)).toBe(hold.usual.tokens);
    expect(holdOf({ ...fitting, mustFit: false }, hold)).toBe(hold.usual.inputTokens);
  });

  it("must fit where the window takes what is asked for", () => {
    expect(claimsOf([cost, asked, refunded], "gpt-4o", false).map((claim) => claim.mustFit)).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe("the buckets of a call", () => {
  it("hold its cost once, however many windows count it, and one request", () => {
    expect(bucketsOf([cost, perMinute, requests], "gpt-4o", hold)).toEqual([
      { name: "credits", hold: 16 },
      { name: "requests:gpt-4o", hold: 1 },
    ]);
  });

  it("have its cost where no window counts it: costs are learned from there", () => {
    expect(bucketsOf([], "gpt-4o", hold)).toEqual([{ name: "credits", hold: 16 }]);
    expect(chargesOf([requests], "gpt-4o", hold, useOf(0))).toEqual({ credits: 0, "requests:gpt-4o": 1 });
  });

  it.each([
    ["tokens", 20],
    ["inputTokens", 8],
    ["outputTokens", 12],
  ] as const)("hold its %s", (meter, amount) => {
    expect(bucketsOf([windowRule({ meter })], "gpt-4o", hold)).toContainEqual({ name: meter, hold: amount });
  });

  it("hold what it asks for in windows that take it, and the usual in others of the meter", () => {
    expect(bucketsOf([windowRule({ meter: "tokens" }), asked, refunded], "gpt-4o", hold).slice(1)).toEqual([
      { name: "tokens", hold: 20 },
      { name: "tokens+asked+kept", hold: 110 },
      { name: "tokens+asked", hold: 110 },
    ]);
  });

  it("count from the call's start where the window does", () => {
    const both = [
      windowRule({ meter: "requests", countFrom: "start" }),
      windowRule({ meter: "requests", countFrom: "end" }),
    ];
    expect(bucketsOf(both, "gpt-4o", hold).slice(1)).toEqual([
      { name: "requests+start", hold: 1, countFrom: "start" },
      { name: "requests", hold: 1 },
    ]);
  });

  it("are charged what it used, in every scope that counts it", () => {
    const ofPool = windowRule({ id: "pool", scope: "pool", models: ["gpt-*"], meter: "outputTokens" });
    const use = useOf(30, { outputTokens: 5 });
    expect(chargesOf([cost, ofPool], "gpt-4o", hold, use)).toEqual({ credits: 30, "outputTokens:pool:gpt-*": 5 });
  });

  it("of a request that is free are charged nothing, but where windows count failures", () => {
    expect(freeCharges([cost, requests, asked, failures], "gpt-4o")).toEqual({
      credits: 0,
      "requests:gpt-4o": 0,
      "tokens+asked+kept": 0,
      "requests+failures": 1,
    });
  });
});

test.each<[string, WindowRule, number, number, number]>([
  ["of requests holds and is charged one", requests, 1, 1, 1],
  ["holds what is usual, and is charged what was used", windowRule({ meter: "tokens" }), 20, 7, 500],
  ["that takes what is asked for holds that, and is charged the larger amount", asked, 110, 110, 500],
  ["that gives the rest back is charged what was used", refunded, 110, 7, 500],
])("a window %s", (_, rule, held, little, much) => {
  expect(holdOf(rule, hold)).toBe(held);
  expect([7, 500].map((tokens) => chargeOf(rule, hold, useOf(0, { tokens })))).toEqual([little, much]);
});
