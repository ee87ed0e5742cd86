import { describe, expect, it, test } from "vitest";
import { windowRule } from "../testing/tier.js";
import { type BucketRule, bucketName, COST_BUCKET, oneLine } from "./bucket-name.js";

describe("the bucket of a window", () => {
  test.each<[string, Partial<BucketRule>]>([
    ["credits", {}],
    ["requests", { metric: "requests" }],
    ["credits:pro", { class: "pro" }],
    ["credits@api", { surface: "api" }],
    ["credits:gpt-4o", { per: "model" }],
    [
      "requests:regular@playground:gpt-4o",
      { metric: "requests", class: "regular", surface: "playground", per: "model" },
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

  it("is one for all models unless the rule counts each for itself", () => {
    const names = (per: "model" | "tier") => new Set(["a", "b"].map((model) => bucketName(windowRule({ per }), model)));
    expect([names("tier").size, names("model").size]).toEqual([1, 2]);
  });

  it("holds no line ends, which part names from each other", () => {
    expect(bucketName(windowRule({ per: "model" }), "odd\r\nid\tof a model")).toBe("credits:odd id of a model");
    expect(oneLine("a\n\nb")).toBe("a b");
  });
});
