import { describe, expect, it, test } from "vitest";
import type { ImageModel } from "../catalog/model.js";
import type { Adjustment } from "../request/adjustment.js";
import { modelOf, read } from "../testing/requests.js";
import { checkSizeWords, sizeFields } from "./image-size.js";

/** What a request's size becomes for a model; the tier may have set another one. */
function fieldsOf(model: string, fields: object, limit?: { width: number; height: number }) {
  const request = read("image", { model, ...fields });
  const imageSize = limit ?? request.images?.size;
  const adjustments: Adjustment[] = [];
  const limits = imageSize === undefined ? {} : { imageSize };
  return { fields: sizeFields(request, modelOf(model) as ImageModel, limits, adjustments), adjustments };
}
const sized = (model: string, fields: object) => fieldsOf(model, fields).fields;
const refusal = (param: string, message: RegExp) =>
  expect.objectContaining({ code: "invalid_request", param, message: expect.stringMatching(message) });

describe("a size in pixels", () => {
  test.each<[string, object, object]>([
    ["dall-e-3", { size: "1024x1792" }, { size: "1024x1792" }],
    ["dall-e-3", { image_size: { width: 1024, height: 1024 } }, { size: "1024x1024" }],
    ["flux/schnell", { size: "512x768" }, { image_size: { width: 512, height: 768 } }],
    ["flux/schnell", { image_size: "square" }, { image_size: "square" }],
    ["flux/schnell", { size: "landscape_4_3" }, { image_size: "landscape_4_3" }],
    ["flux/schnell", { image_size: "square", size: "square_hd" }, { image_size: "square" }],
    ["recraft-v3", { size: "77x99" }, { image_size: { width: 77, height: 99 } }],
    ["flux/schnell", {}, {}],
    ["dall-e-3", {}, {}],
    ["imagen-3.0-generate-002", {}, {}],
    ["flux/dev/image-to-image", {}, {}],
  ])("for %s, asked as %j, is sent as %j", (model, asked, sent) => {
    expect(fieldsOf(model, asked)).toEqual({ fields: sent, adjustments: [] });
  });

  it("is the tier's, where that sets another", () => {
    const tier = { width: 512, height: 512 };
    expect(fieldsOf("dall-e-2", { size: "1024x1024" }, tier).fields).toEqual({ size: "512x512" });
    // The name stands for other pixels than these.
    expect(fieldsOf("flux/schnell", { size: "square_hd" }, tier).fields).toEqual({ image_size: tier });
    expect(fieldsOf("flux/schnell", { size: "square" }, tier).fields).toEqual({ image_size: "square" });
  });

  it("that the model can't draw is refused, naming those it can", () => {
    expect(() => sized("dall-e-3", { size: "640x640" })).toThrow(
      refusal("size", /^"640x640" can't be drawn by "dall-e-3": it draws .*1024x1024/),
    );
    expect(() => sized("dall-e-3", { image_size: { width: 640, height: 640 } })).toThrow(refusal("image_size", /./));
    expect(() => sized("flux/dev/image-to-image", { size: "512x512" })).toThrow(
      refusal("size", /does not take "size"/),
    );
  });

  test.each([
    [64, 1536, true],
    [1536, 64, true],
    [63, 64, false],
    [32, 64, false],
    [64, 1568, false],
    [1568, 64, false],
    [80, 64, false],
  ])("of %i by %i can be drawn by flux/schnell: %s", (width, height, isDrawn) => {
    const draw = () => sized("flux/schnell", { size: `${width}x${height}` });
    if (isDrawn) expect(draw()).toEqual({ image_size: { width, height } });
    else expect(draw).toThrow(refusal("size", /a side has 64 to 1536 pixels, in steps of 32/));
  });
});

describe("a ratio", () => {
  test.each([
    ["1024x1024", "1:1"],
    ["1920x1080", "16:9"],
    ["1080x1920", "9:16"],
    ["2100x900", "21:9"],
    ["900x2100", "9:21"],
  ])("is drawn for %s: %s, and this is reported", (size, ratio) => {
    expect(fieldsOf("flux-pro/v1.1-ultra", { size })).toEqual({
      fields: { aspect_ratio: ratio },
      adjustments: [{ field: "size", to: `aspect_ratio=${ratio}`, rule: "dialect" }],
    });
  });

  it("that was asked for as one is sent as it is", () => {
    expect(fieldsOf("imagen-3.0-generate-002", { aspect_ratio: "4:3" })).toEqual({
      fields: { aspect_ratio: "4:3" },
      adjustments: [],
    });
  });

  it("that the model does not draw is refused, naming those it does", () => {
    expect(() => sized("flux-pro/v1.1-ultra", { size: "500x200" })).toThrow(
      refusal("size", /draws in the ratios .*16:9.*; 500x200 is 5:2\.$/),
    );
    expect(() => sized("imagen-3.0-generate-002", { aspect_ratio: "5:2" })).toThrow(
      refusal("aspect_ratio", /"5:2" can't be drawn/),
    );
  });

  it("is refused by models that have none", () => {
    for (const model of ["dall-e-3", "flux/schnell", "flux/dev/image-to-image"]) {
      expect(() => sized(model, { aspect_ratio: "1:1" })).toThrow(refusal("aspect_ratio", /does not take/));
    }
  });
});

describe("the words for a size", () => {
  test.each([
    { size: "512x512" },
    { size: "auto" },
    { image_size: "portrait_16_9" },
    { image_size: { width: 1, height: 1 } },
    { size: null },
    {},
  ])("may be %j", (fields) => {
    checkSizeWords(read("image", { ...fields }));
  });

  test.each<[object, string]>([
    [{ size: "large" }, "size"],
    [{ size: "512X512" }, "size"],
    [{ size: "0x512" }, "size"],
    [{ size: "512x100000" }, "size"],
    [{ size: 512 }, "size"],
    [{ size: "512x512", image_size: "huge" }, "image_size"],
  ])("are not %j", (fields, param) => {
    expect(() => checkSizeWords(read("image", { ...fields }))).toThrow(
      refusal(param, /which .* does not take: .*by name \(square_hd, /),
    );
  });
});
