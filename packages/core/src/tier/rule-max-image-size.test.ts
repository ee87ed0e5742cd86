import { describe, expect, it, test } from "vitest";
import { context, read } from "../testing/requests.js";
import { freeTier } from "./built-in-tiers.js";
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

  it("binds the models it names only", () => {
    expect(size({ model: "flux/schnell", size: "1024x1024" })).toMatchObject({ action: "allow" });
  });
});
