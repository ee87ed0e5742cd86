import { describe, expect, it, test } from "vitest";
import { windowRule } from "../testing/tier.js";
import { amountOf, amountsOf, bucketsOf, claimsOf } from "./claims.js";

const minute = { type: "minute" } as const;
const tokens = windowRule({ id: "tokens" });
const perMinute = windowRule({ id: "per_minute", period: minute, limit: 7, marginMs: 5 });
const requests = windowRule({ id: "requests", metric: "requests", per: "model" });

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
    const claims = claimsOf([tokens, requests, refilling], "gpt-4o", isWorstCase);
    expect(claims.map((claim) => claim.mustFit)).toEqual(mustFit);
  });
});

describe("the buckets of a call", () => {
  it("hold its cost once, however many windows count it, and one request", () => {
    expect(bucketsOf([tokens, perMinute, requests], { model: "gpt-4o", cost: 16 })).toEqual([
      { name: "credits", hold: 16 },
      { name: "requests:gpt-4o", hold: 1 },
    ]);
  });

  it("have its cost where no window counts it: costs are learned from there", () => {
    expect(bucketsOf([], { model: "gpt-4o", cost: 16 })).toEqual([{ name: "credits", hold: 16 }]);
    expect(amountsOf([requests], { model: "gpt-4o", cost: 0 })).toEqual({ credits: 0, "requests:gpt-4o": 1 });
  });

  it("are charged what it cost, in every scope that counts it", () => {
    const ofPro = windowRule({ id: "pro", class: "pro" });
    expect(amountsOf([tokens, ofPro], { model: "gpt-4o", cost: 30 })).toEqual({ credits: 30, "credits:pro": 30 });
  });
});

test("a call adds one request to a window of requests, and its cost to any other", () => {
  expect([amountOf(requests, 0), amountOf(requests, 500), amountOf(tokens, 0), amountOf(tokens, 500)]).toEqual([
    1, 1, 0, 500,
  ]);
});
