import { describe, expect, it, test } from "vitest";
import { windowRule } from "../testing/tier.js";
import { type BucketRule, bucketName, COST_BUCKET, oneLine } from "./bucket-name.js";

describe("the bucket of a window", () => {
  test.each<[string, Partial<BucketRule>]>([
    ["credits", {}],
    ["requests", { meter: "requests" }],
    ["tokens", { meter: "tokens" }],
    ["inputTokens:pool:gpt-4o,o1", { meter: "inputTokens", scope: "pool", models: ["o1", "gpt-4o"] }],
    ["outputTokens:gpt-4o", { meter: "outputTokens", models: ["gpt-*"], scope: "model" }],
    ["requests+start", { meter: "requests", countFrom: "start" }],
    ["requests+start+failures", { meter: "requests", countFrom: "start", countsFailures: true }],
    ["tokens+asked", { meter: "tokens", hold: "asked", refund: true }],
    ["tokens+asked+kept:pool:o*", { meter: "tokens", hold: "asked", scope: "pool", models: ["o*"] }],
    ["credits:pool:gpt-4o", { scope: "pool", models: ["gpt-4o"] }],
    ["credits:gpt-4o", { scope: "model" }],
    ["requests:gpt-4o", { meter: "requests", models: ["!o1"], scope: "model" }],
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
    const { meter } = windowRule(fields);
    expect(bucketName(windowRule(fields), "gpt-4o")).not.toBe(bucketName(windowRule({ meter }), "gpt-4o"));
  });

  it("is the usual one for a rule that says what is the default", () => {
    const said = { countFrom: "end", hold: "expected", countsFailures: false } as const;
    expect(bucketName(windowRule(said), "gpt-4o")).toBe(COST_BUCKET);
  });

  it("is one for all models unless the rule counts each for itself", () => {
    const names = (scope: "model" | "pool" | "account") =>
      new Set(["a", "b"].map((model) => bucketName(windowRule({ scope, models: ["a", "b"] }), model)));
    expect([names("account").size, names("pool").size, names("model").size]).toEqual([1, 1, 2]);
  });

  it("of a pool is the same in whatever order its models are named, and another for other models, however many", () => {
    const pool = (models: readonly string[]) => bucketName(windowRule({ scope: "pool", models }), "a");
    const many = Array.from({ length: 100 }, (_, index) => `model-${index}`);
    expect(pool(many)).toBe(pool([...many].reverse()));
    expect(pool(many)).not.toBe(pool([...many, "z"]));
    expect(pool(many).length).toBeLessThan(150);
  });

  it("holds no line ends, which part names from each other", () => {
    expect(bucketName(windowRule({ scope: "model" }), "odd\r\nid\tof a model")).toBe("credits:odd id of a model");
    expect(oneLine("a\n\nb")).toBe("a b");
  });
});
