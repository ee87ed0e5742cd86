import { describe, expect, it, test } from "vitest";
import { playgroundTier } from "../providers/laplas/laplas-tiers.js";
import { resolveTier } from "../providers/laplas/resolve-laplas-tier.js";
import { chatBody, context, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";
import type { Rule } from "./tier.js";

function outputRule(id: string, limit: number, onExcess: "adjust" | "refuse" = "adjust"): Rule {
  return { id, kind: "maxOutputTokens", limit, onExcess, evidence };
}

describe("decide", () => {
  it("allows what no rule touches, within what was asked for", () => {
    expect(decide(tierOf(), context(read("chat", { max_tokens: 300 })))).toMatchObject({
      action: "allow",
      limits: { maxOutputTokens: 300 },
    });
    expect(decide(tierOf(), context(read("image", { n: 3, size: "512x768" })))).toEqual({
      action: "allow",
      limits: { imagesPerRequest: 3, imageSize: { width: 512, height: 768 } },
      adjustments: [],
      calls: 1,
    });
  });

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

  it("names the first of two rules with the same limit", () => {
    const tier = tierOf(outputRule("first", 256), outputRule("second", 256));
    expect(decide(tier, context(read("chat")))).toHaveProperty("adjustments", [
      expect.objectContaining({ rule: "first" }),
    ]);
  });

  it("splits into as many requests as the stricter rule asks for, in either order of the rules", () => {
    const single: Rule = { id: "single", kind: "maxImages", limit: 1, onExcess: "split", evidence };
    const pairs: Rule = { ...single, id: "pairs", limit: 2 };
    for (const rules of [
      [single, pairs],
      [pairs, single],
    ]) {
      expect(decide(tierOf(...rules), context(read("image", { n: 4 })))).toMatchObject({
        action: "split",
        calls: 4,
        limits: { imagesPerRequest: 1 },
      });
    }
  });

  it("bounds each side of an image by the stricter rule, in either order of the rules", () => {
    const sizeRule = (id: string, width: number, height: number): Rule => {
      return { id, kind: "maxImageSize", width, height, onExcess: "adjust", evidence };
    };
    const square = sizeRule("square", 512, 512);
    for (const narrower of [sizeRule("narrow", 256, 512), sizeRule("low", 512, 256)] as const) {
      const size = narrower.id === "narrow" ? { width: 256, height: 512 } : { width: 512, height: 256 };
      for (const rules of [
        [square, narrower],
        [narrower, square],
      ]) {
        const decision = decide(tierOf(...rules), context(read("image", { size: "1024x1024" })));
        expect(decision).toMatchObject({ limits: { imageSize: size } });
      }
    }
  });

  it("keeps to two rules of which each is the stricter on one side, and says the size that it sets", () => {
    const narrow = {
      id: "narrow",
      kind: "maxImageSize",
      width: 256,
      height: 512,
      onExcess: "adjust",
      evidence,
    } as const;
    const low = { ...narrow, id: "low", width: 512, height: 256 };
    const square = { ...narrow, id: "square", width: 512 };
    for (const [rules, size] of [
      [[narrow, low], "1024x1024"],
      [[low, narrow], "1024x1024"],
      [[narrow, square, low], "1024x1024"],
      [[narrow, low], "300x300"],
      [[low, narrow], undefined],
    ] as const) {
      const decision = decide(tierOf(...rules), context(read("image", { model: "dall-e-3", size })));
      expect(decision).toMatchObject({
        limits: { imageSize: { width: 256, height: 256 } },
        adjustments: [{ field: "size", to: "size=256x256", rule: rules.at(-1)?.id }],
      });
    }
    expect(decide(tierOf(narrow, low), context(read("image", { size: "256x256" })))).toMatchObject({ action: "allow" });
    const refused = { ...low, onExcess: "refuse" } as const;
    for (const rules of [
      [narrow, refused],
      [refused, narrow],
    ]) {
      const decision = decide(tierOf(...rules), context(read("image", { size: "300x300" })));
      expect(decision).toMatchObject({ action: "refuse", rule: "low", code: "image_size" });
    }
  });

  it("asks of each rule whether it binds the model, by its primary id, but of one that lists the allowed models", () => {
    const cap = (id: string, limit: number, ...models: string[]): Rule => ({ ...outputRule(id, limit), models });
    const tier = tierOf(
      cap("mini", 10, "gpt-4o-mini"),
      cap("others", 20, "*", "!gpt-4o-mini"),
      cap("claude", 5, "claude-*"),
    );
    const limitOf = (model: string) => decide(tier, context(read("chat", { model, max_tokens: 30 })));
    expect(limitOf("gpt-4o-mini")).toMatchObject({ limits: { maxOutputTokens: 10 } });
    expect(limitOf("gpt-4o-2024-08-06")).toMatchObject({ limits: { maxOutputTokens: 20 } });
    expect(limitOf("claude-3-opus-latest")).toMatchObject({ limits: { maxOutputTokens: 5 } });
    expect(limitOf("nobodys")).toMatchObject({ limits: { maxOutputTokens: 20 } });
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
