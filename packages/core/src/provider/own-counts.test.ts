import { describe, expect, it } from "vitest";
import { bucketName } from "../account/bucket-name.js";
import { tierOf, windowRule } from "../testing/tier.js";
import type { Rule, WindowRule } from "../tier/tier.js";
import { withOwnCounts } from "./own-counts.js";
import type { HeaderSignal, Signals } from "./signals.js";

const minute = windowRule({ id: "minute", meter: "requests", period: { type: "minute" } });
const day = windowRule({ id: "day", meter: "requests" });
const ofDay: HeaderSignal = { name: "x-remaining", tells: "remaining", meter: "requests", period: "day" };
const usageEndpoint: Signals["usageEndpoint"] = {
  path: "/key",
  windows: [{ meter: "requests", period: "day", remaining: "left" }],
};

function buckets(rules: readonly Rule[], signals: Parameters<typeof withOwnCounts>[1]): string[] {
  return withOwnCounts(rules, signals).map((rule) => bucketName(rule as WindowRule, "m"));
}

describe("windows of one meter", () => {
  it("share their rows while the provider reports none of them", () => {
    expect(buckets([minute, day], {})).toEqual(["requests", "requests"]);
  });

  it.each([
    ["a header", { headers: [ofDay] }],
    ["the usage endpoint", { usageEndpoint }],
  ])("are told apart where %s reports one of them", (_, signals) => {
    expect(buckets([minute, day], signals)).toEqual(["requests", "requests+day"]);
  });

  it("are all told apart where all are reported, also those that roll or refill", () => {
    const rolls = windowRule({ meter: "requests", period: { type: "rolling", spanMs: 60_000 } });
    const refills = windowRule({ meter: "requests", period: { type: "bucket", spanMs: 86_400_000 } });
    const headers = [ofDay, { ...ofDay, period: "minute" } as const];
    expect(buckets([rolls, refills], { headers })).toEqual(["requests+rolling-60000", "requests+bucket-86400000"]);
  });

  it("need no more than the common rows where the reported one is alone, or others count other things", () => {
    const tokens = windowRule({ id: "tokens", meter: "tokens", period: { type: "minute" } });
    expect(buckets([day, tokens], { headers: [ofDay] })).toEqual(["requests", "tokens"]);
    expect(buckets([day, { ...day, id: "less", limit: 5 }], { headers: [ofDay] })).toEqual(["requests", "requests"]);
    expect(buckets([minute, day], { headers: [{ ...ofDay, scope: "model" }] })).toEqual(["requests", "requests"]);
  });

  it("count as the document says, if it says so", () => {
    expect(buckets([minute, { ...day, ownCount: false }], { headers: [ofDay] })).toEqual(["requests", "requests"]);
  });
});

it("leaves rules of other kinds as they are", () => {
  const { rules } = tierOf({ id: "one", kind: "concurrency", limit: 1, evidence: day.evidence }, day);
  expect(withOwnCounts(rules, { headers: [ofDay] })).toEqual(rules);
});
