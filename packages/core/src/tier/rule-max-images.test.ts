import { describe, expect, it, test } from "vitest";
import { freeTier } from "../providers/laplas/laplas-tiers.js";
import { context, modelOf, read } from "../testing/requests.js";
import { evidence, tierOf } from "../testing/tier.js";
import { decide } from "./decide.js";

describe("maxImages", () => {
  const count = (fields: object, more = {}) =>
    decide(freeTier, context(read("image", { model: "flux/schnell", ...fields }), more));

  test.each([
    [{ n: 1 }, "allow", 1],
    [{}, "allow", 1],
    [{ n: 2 }, "split", 2],
    [{ num_images: 4 }, "split", 4],
  ])("%o: %s into %i", (fields, action, calls) => {
    expect(count(fields)).toMatchObject({ action, calls, limits: { imagesPerRequest: 1 } });
  });

  it("rounds up where a request may make several", () => {
    const tier = tierOf({ id: "images", kind: "maxImages", limit: 3, onExcess: "split", evidence });
    for (const [n, calls] of [
      [3, 1],
      [4, 2],
      [6, 2],
      [7, 3],
    ]) {
      expect(decide(tier, context(read("image", { n })))).toMatchObject({ calls });
    }
  });

  it("refuses where told to, naming field and count", () => {
    expect(count({ num_images: 2 }, { onExcess: "refuse" })).toMatchObject({
      action: "refuse",
      code: "image_count",
      param: "num_images",
      message: expect.stringMatching(/num_images is 2.*1 image with/),
    });
    expect(count({ num_images: 1 }, { onExcess: "refuse" }).action).toBe("allow");
  });

  it("refuses where the rule says so, counting the images in words", () => {
    const tier = tierOf({ id: "images", kind: "maxImages", limit: 2, onExcess: "refuse", evidence });
    expect(decide(tier, context(read("image", { n: 3 })))).toMatchObject({
      action: "refuse",
      message: expect.stringMatching(/one request may make 2 images with/),
    });
    expect(decide(tier, context(read("image", { n: 2 }))).action).toBe("allow");
  });

  it("can lower the count instead", () => {
    const tier = tierOf({ id: "images", kind: "maxImages", limit: 2, onExcess: "adjust", evidence });
    expect(decide(tier, context(read("image", { n: 3 })))).toMatchObject({
      action: "adjust",
      calls: 1,
      limits: { imagesPerRequest: 2, imageCount: 2 },
      adjustments: [{ field: "n", to: "n=2", rule: "images" }],
    });
  });

  it("binds a model whatever name it is asked by", () => {
    const request = read("image", { model: "My Painter", n: 2 });
    const model = modelOf("flux/schnell");
    expect(decide(freeTier, context(request, { model }))).toMatchObject({ action: "split" });
    expect(decide(freeTier, context(request, { model: undefined }))).toMatchObject({ action: "allow" });
  });

  it("binds the models it names only", () => {
    expect(count({ model: "imagen-3.0-generate-002", n: 4 })).toMatchObject({
      action: "allow",
      limits: { imagesPerRequest: 4 },
    });
  });
});
