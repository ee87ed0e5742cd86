import { describe, expect, it } from "vitest";
import { freeTier, paidTier } from "../providers/laplas/laplas-tiers.js";
import { resolveTier } from "../providers/laplas/resolve-laplas-tier.js";
import { modelOf } from "../testing/requests.js";
import { tierLimits } from "./tier-limits.js";

const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
const gpt = modelOf("gpt-4o-mini");

function own(...rules: object[]) {
  return resolveTier({ name: "own", title: "Own", rules: rules.map((rule) => ({ evidence, ...rule })) as never });
}

describe("what a tier leaves of a model", () => {
  it("is the free tier's: 512 tokens, and no pictures", () => {
    expect(tierLimits(freeTier, gpt)).toMatchObject({
      isServed: true,
      outputRule: { id: "output_tokens", limit: 512 },
      refusedInputs: new Set(["image"]),
    });
  });

  it("is everything where there are no rules", () => {
    expect(tierLimits(paidTier, gpt)).toEqual({ isServed: true, refusedInputs: new Set() });
  });

  it("holds for chat models that the catalog does not know, and for no other kind", () => {
    expect(tierLimits(freeTier, undefined)).toEqual(tierLimits(freeTier, gpt));
    for (const name of ["text-embedding-3-small", "flux/schnell"]) {
      expect(tierLimits(freeTier, modelOf(name))).toEqual({ isServed: true, refusedInputs: new Set() });
    }
  });

  it("is the strictest of two limits, the first of two equal ones", () => {
    const limit = (id: string, tokens: number) => ({ id, kind: "maxOutputTokens", limit: tokens });
    const ruleOf = (...rules: object[]) => tierLimits(own(...rules), gpt).outputRule?.id;
    expect(ruleOf(limit("wide", 4_000), limit("narrow", 1_000))).toBe("narrow");
    expect(ruleOf(limit("narrow", 1_000), limit("wide", 4_000))).toBe("narrow");
    expect(ruleOf(limit("one", 9), limit("two", 9))).toBe("one");
  });

  it("tells pictures, sound and files apart", () => {
    const refused = (...lists: string[][]) => [
      ...tierLimits(
        own(...lists.map((partTypes, index) => ({ id: `f${index}`, kind: "forbiddenContent", partTypes }))),
        gpt,
      ).refusedInputs,
    ];
    expect(refused(["input_audio"])).toEqual(["audio"]);
    expect(refused(["file"], ["image_url"])).toEqual(["image", "file"]);
    // Pictures still have their usual way in.
    expect(refused(["image", "input_image"])).toEqual([]);
  });

  it("is nothing for a model that a list of allowed ones leaves out, and all for one that nobody knows", () => {
    const tier = own({ id: "some", kind: "allowedModels", models: ["gpt-4o-*", "claude-3-opus-latest"] });
    const names = ["gpt-4o-mini", "gpt-4o", "claude-3-opus-20240229", undefined];
    expect(names.map((name) => tierLimits(tier, name === undefined ? name : modelOf(name)).isServed)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it("counts rules for the model alone: of one that nobody knows those for all", () => {
    const cap = (id: string, limit: number, models?: string[]) => ({ id, kind: "maxOutputTokens", limit, models });
    const tier = own(cap("all", 900), cap("mini", 100, ["gpt-4o-mini"]), cap("others", 10, ["*", "!gpt-4o-mini"]));
    expect(tierLimits(tier, gpt).outputRule?.id).toBe("mini");
    expect(tierLimits(tier, modelOf("gpt-4o")).outputRule?.id).toBe("others");
    expect(tierLimits(tier, undefined).outputRule?.id).toBe("all");
  });

  it("is nothing for a kind that one of its lists leaves out", () => {
    const tier = own(
      { id: "a", kind: "allowedModalities", modalities: ["chat", "image"] },
      { id: "b", kind: "allowedModalities", modalities: ["chat", "embedding"] },
    );
    const names = ["gpt-4o-mini", "text-embedding-3-small", "flux/schnell"];
    expect(names.map((name) => tierLimits(tier, modelOf(name)).isServed)).toEqual([true, false, false]);
  });
});
