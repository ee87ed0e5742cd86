import { describe, expect, it, test } from "vitest";
import { freeTier } from "../providers/laplas/laplas-tiers.js";
import { context, modelOf, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";

describe("maxImageSize", () => {
  const size = (fields: object, more = {}) =>
    decide(freeTier, context(read("image", { model: "dall-e-3", ...fields }), more));

  test.each([
    [{ size: "512x512" }, "allow"],
    [{ size: "256x256" }, "allow"],
    [{ size: "513x512" }, "adjust"],
    [{ size: "512x513" }, "adjust"],
    [{ size: "1024x1024" }, "adjust"],
    [{ size: "auto" }, "adjust"],
    [{}, "adjust"],
    [{ image_size: { width: 512, height: 512 } }, "allow"],
    [{ image_size: { width: 600, height: 1 } }, "adjust"],
  ])("%o: %s", (fields, action) => {
    const field = "image_size" in fields ? "image_size" : "size";
    const decision = size(fields);
    expect(decision).toMatchObject({ action });
    if (action === "adjust") {
      expect(decision).toMatchObject({
        limits: { imageSize: { width: 512, height: 512 } },
        adjustments: [{ field, to: `${field}=512x512`, rule: "image_size" }],
      });
    }
  });

  it("refuses a larger one where told to, but sets a missing one", () => {
    expect(size({ size: "1024x1792" }, { onExcess: "refuse" })).toMatchObject({
      action: "refuse",
      code: "image_size",
      param: "size",
      message: expect.stringMatching(/size is 1024x1792.*512x512/),
    });
    expect(size({}, { onExcess: "refuse" })).toMatchObject({ action: "adjust" });
  });

  it("takes the largest where a larger one is refused, by the option or by the rule", () => {
    expect(size({ size: "512x512" }, { onExcess: "refuse" })).toMatchObject({ action: "allow" });
    const tier = tierOf({ id: "size", kind: "maxImageSize", width: 512, height: 256, onExcess: "refuse", evidence });
    const ask = (asked: string) => decide(tier, context(read("image", { size: asked }))).action;
    expect(["512x256", "513x256", "512x257"].map(ask)).toEqual(["allow", "refuse", "refuse"]);
  });

  it("binds a model whatever name it is asked by", () => {
    const request = read("image", { model: "My Painter", size: "1024x1024" });
    const model = modelOf("dall-e-3");
    expect(decide(freeTier, context(request, { model }))).toMatchObject({ action: "adjust" });
    expect(decide(freeTier, context(request, { model: undefined }))).toMatchObject({ action: "allow" });
  });

  it("binds the models it names only", () => {
    expect(size({ model: "flux/schnell", size: "1024x1024" })).toMatchObject({ action: "allow" });
  });
});
