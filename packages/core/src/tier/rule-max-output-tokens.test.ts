import { describe, expect, it, test } from "vitest";
import { freeTier } from "../providers/laplas/laplas-tiers.js";
import { context, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";
import type { Rule } from "./tier.js";

function outputRule(id: string, limit: number, onExcess: "adjust" | "refuse" = "adjust"): Rule {
  return { id, kind: "maxOutputTokens", limit, onExcess, evidence };
}

describe("maxOutputTokens", () => {
  test.each([
    [1, 1],
    [511, 511],
    [512, 512],
    [513, 512],
    [Number.MAX_SAFE_INTEGER, 512],
  ])("max_tokens %i is sent as %i", (asked, sent) => {
    for (const field of ["max_tokens", "max_completion_tokens"]) {
      const decision = decide(freeTier, context(read("chat", { [field]: asked })));
      expect(decision).toMatchObject({
        action: asked > 512 ? "adjust" : "allow",
        limits: { maxOutputTokens: sent },
        adjustments: asked > 512 ? [{ field, to: `${field}=512`, rule: "output_tokens" }] : [],
      });
    }
  });

  it("is set where the caller set nothing, and said", () => {
    expect(decide(freeTier, context(read("chat")))).toEqual({
      action: "adjust",
      limits: { maxOutputTokens: 512 },
      adjustments: [{ field: "max_tokens", to: "max_tokens=512", rule: "output_tokens" }],
      calls: 1,
    });
  });

  it("is set even where excess is refused: nothing was asked for, so nothing exceeds", () => {
    const decision = decide(freeTier, context(read("chat"), { onExcess: "refuse" }));
    expect(decision).toMatchObject({ action: "adjust", limits: { maxOutputTokens: 512 } });
  });

  test.each([
    [100, 4000, 100],
    [4000, 100, 100],
    [600, 4000, 512],
  ])("the smaller of both names counts: %i and %i give %i", (older, newer, sent) => {
    const request = read("chat", { max_tokens: older, max_completion_tokens: newer });
    expect(decide(freeTier, context(request))).toMatchObject({ limits: { maxOutputTokens: sent } });
  });

  test.each(["option", "rule"])("more is refused where the %s says so, with value, limit and rule", (from) => {
    const tier = from === "rule" ? tierOf(outputRule("cap", 512, "refuse")) : freeTier;
    const onExcess = from === "rule" ? "adjust" : "refuse";
    const decision = decide(tier, context(read("chat", { max_tokens: 513 }), { onExcess }));
    expect(decision).toMatchObject({ action: "refuse", code: "output_tokens", param: "max_tokens" });
    expect(decision).toHaveProperty("message", expect.stringMatching(/max_tokens is 513.*512.*Ask for 512/));
    expect(decide(tier, context(read("chat", { max_tokens: 512 }), { onExcess }))).toMatchObject({ action: "allow" });
  });

  it("binds no embeddings", () => {
    expect(decide(freeTier, context(read("embedding")))).toMatchObject({ action: "allow", limits: {} });
  });

  describe("thinking", () => {
    const thinking = { type: "enabled", budget_tokens: 1024 };

    it("is the dialect's to drop where the limit leaves no room for it", () => {
      expect(decide(freeTier, context(read("chat", { thinking })))).toMatchObject({
        action: "adjust",
        limits: { maxOutputTokens: 512 },
      });
    });

    test.each([{ type: "disabled" }, null, "enabled"])("%o is no thinking", (value) => {
      expect(decide(freeTier, context(read("chat", { thinking: value, max_tokens: 5 })))).toMatchObject({
        action: "allow",
      });
    });
  });
});
