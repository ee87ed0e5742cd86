import { describe, expect, it, test } from "vitest";
import { windowRule } from "../testing/tier.js";
import { type BucketRule, bucketName, COST_BUCKET, oneLine } from "./bucket-name.js";

describe("the bucket of a window", () => {
  test.each<[string, Partial<BucketRule>]>([
    ["credits", {}],
    ["requests", { meter: "requests" }],
    ["tokens", { meter: "tokens" }],
    ["inputTokens:pro", { meter: "inputTokens", class: "pro" }],
    ["outputTokens@api:gpt-4o", { meter: "outputTokens", surface: "api", scope: "model" }],
    ["requests+start", { meter: "requests", countFrom: "start" }],
    ["requests+start+failures", { meter: "requests", countFrom: "start", countsFailures: true }],
    ["tokens+asked", { meter: "tokens", hold: "asked", refund: true }],
    ["tokens+asked+kept:pro", { meter: "tokens", hold: "asked", class: "pro" }],
    ["credits:pro", { class: "pro" }],
    ["credits@api", { surface: "api" }],
    ["credits:gpt-4o", { scope: "model" }],
    [
      "requests:regular@playground:gpt-4o",
      { meter: "requests", class: "regular", surface: "playground", scope: "model" },
    ],
  ])("is %s for a rule with %o", (name, fields) => {
    expect(bucketName(windowRule(fields), "gpt-4o")).toBe(name);
  });

  it("of API tokens of all models is that of costs", () => {
    expect(bucketName(windowRule(), "gpt-4o")).toBe(COST_BUCKET);
  });

  it("holds no rule, limit or period: rules that differ in these alone share it", () => {
    const other = { id: "other", limit: 5, marginMs: 0, period: { type: "minute" } } as const;
    expect(bucketName(windowRule(other), "gpt-4o")).toBe(bucketName(windowRule(), "gpt-4o"));
  });

  it.each<Partial<BucketRule>>([
    { countFrom: "start" },
    { hold: "asked" },
    { hold: "asked", refund: true },
    { meter: "requests", countsFailures: true },
  ])("is its own for a rule that counts in another way: %o", (fields) => {
    const { metric } = windowRule(fields);
    expect(bucketName(windowRule(fields), "gpt-4o")).not.toBe(bucketName(windowRule({ metric }), "gpt-4o"));
  });

  it("is the usual one for a rule that says what is the default", () => {
    const said = { countFrom: "end", hold: "expected", countsFailures: false } as const;
    expect(bucketName(windowRule(said), "gpt-4o")).toBe(COST_BUCKET);
  });

  it("is one for all models unless the rule counts each for itself", () => {
    const names = (scope: "model" | "tier") =>
      new Set(["a", "b"].map((model) => bucketName(windowRule({ per }), model)));
    expect([names("tier").size, names("model").size]).toEqual([1, 2]);
  });

  it("holds no line ends, which part names from each other", () => {
    expect(bucketName(windowRule({ scope: "model" }), "odd\r\nid\tof a model")).toBe("credits:odd id of a model");
    expect(oneLine("a\n\nb")).toBe("a b");
  });
});
