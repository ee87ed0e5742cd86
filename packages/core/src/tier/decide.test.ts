import { describe, expect, it, test } from "vitest";
import { chatBody, context, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { playgroundTier } from "./built-in-tiers.js";
import { decide } from "./decide.js";
import { resolveTier } from "./resolve-tier.js";
import type { Rule } from "./tier.js";

function outputRule(id: string, limit: number, onExcess: "adjust" | "refuse" = "adjust"): Rule {
  return { id, kind: "maxOutputTokens", limit, onExcess, evidence };
}

describe("decide", () => {
  it("says the first refusal, in the order of the rules", () => {
    const tier = tierOf(outputRule("first", 1, "refuse"), outputRule("second", 2, "refuse"));
    expect(decide(tier, context(read("chat", { max_tokens: 3 })))).toMatchObject({ rule: "first" });
  });

  it("changes nothing it is given", () => {
    const body = Object.freeze(chatBody({ max_tokens: 9_999 }));
    const before = structuredClone(body);
    decide(playgroundTier, context(read("chat", body)));
    expect(body).toEqual(before);
  });

  it("leaves windows and concurrency to the ledger", () => {
    const rules = resolveTier("playground").rules.filter(({ kind }) => kind === "window" || kind === "concurrency");
    expect(rules).toHaveLength(3);
    expect(decide(tierOf(...rules), context(read("chat")))).toEqual({
      action: "allow",
      limits: {},
      adjustments: [],
      calls: 1,
    });
  });

  test.each([
    ["the stricter first", [256, 512]],
    ["the stricter last", [512, 256]],
  ])("of two rules the stricter holds, %s", (_, limits) => {
    const tier = tierOf(...limits.map((limit, index) => outputRule(`rule${index}`, limit)));
    for (const fields of [{}, { max_tokens: 300 }, { max_tokens: 4000 }]) {
      const decision = decide(tier, context(read("chat", fields)));
      expect(decision).toMatchObject({ limits: { maxOutputTokens: 256 } });
      expect(decision).toHaveProperty("adjustments", [expect.objectContaining({ to: "max_tokens=256" })]);
    }
  });

  it("lowers the count and splits what is left, in either order of the rules", () => {
    const fewer = { id: "fewer", kind: "maxImages", limit: 3, onExcess: "adjust", evidence } as const;
    const single = { id: "single", kind: "maxImages", limit: 1, onExcess: "split", evidence } as const;
    for (const rules of [
      [fewer, single],
      [single, fewer],
    ]) {
      const { limits } = decide({ ...tierOf(fewer), rules }, context(read("image", { n: 5 }))) as { limits: object };
      expect(limits).toMatchObject({ imagesPerRequest: 1, imageCount: 3 });
    }
  });
});
