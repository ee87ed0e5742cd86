import { type ImagePreset, imagePresets, isImagePreset, type PixelSize } from "../catalog/image-presets.js";
import type { ImageModel, ImageShape } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import { notTaken } from "./field-values.js";

/**
 * The size that was asked for, under the name and in the form that the model takes; nothing where nothing was asked.
 *
 * @throws FatalUpstreamError `invalid_request` for a size that the model can't draw
 */
export function sizeFields(
  request: ReadRequest,
  { image }: ImageModel,
  limits: CallLimits,
  adjustments: Adjustment[],
): JsonObject {
  const { aspect_ratio: ratio } = request.body;
  const preset = presetOf(request);
  const pixels = limits.imageSize;
  // Where the tier sets a size, that is reported.
  if (pixels === undefined && isLeftToModel(request)) {
    const field = request.imageSizeField;
    adjustments.push({ field, to: `${field}=removed`, rule: "dialect" });
  }
  if (typeof ratio === "string" && image.sizeParameter !== "aspect_ratio") {
    throw notTaken("aspect_ratio", request.model);
  }
  switch (image.sizeParameter) {
    case "size":
      return pixels === undefined ? {} : { size: amongSizes(`${pixels.width}x${pixels.height}`, image, request) };
    case "image_size":
      if (preset !== undefined && isSame(imagePresets[preset], pixels)) return { image_size: preset };
      return pixels === undefined ? {} : { image_size: withinBounds(pixels, image, request.model) };
    case "aspect_ratio": {
      if (typeof ratio === "string") return { aspect_ratio: amongSizes(ratio, image, request) };
      if (pixels === undefined) return {};
      const nearest = ratioOf(pixels, image, request.model);
      // The shape is drawn as asked for, at the model's own number of pixels.
      adjustments.push({ field: request.imageSizeField, to: `aspect_ratio=${nearest}`, rule: "dialect" });
      return { aspect_ratio: nearest };
    }
    case "none":
      if (pixels !== undefined) throw notTaken(request.imageSizeField, request.model);
      return {};
  }
}

/** Checks that what was given as a size is one. @throws FatalUpstreamError `invalid_request` */
export function checkSizeWords({ body, model }: ReadRequest): void {
  for (const field of ["image_size", "size"]) {
    const value = body[field];
    if (value === undefined || value === null || value === "auto" || typeof value === "object") continue;
    if (typeof value === "string" && (isImagePreset(value) || /^[1-9]\d{0,4}x[1-9]\d{0,4}$/.test(value))) continue;
    throw new FatalUpstreamError(
      "invalid_request",
      `"${field}" is ${quote(value)}, which ${quote(model)} does not take: give one as 512x512, as width and height, or by name (${Object.keys(imagePresets).join(", ")}).`,
      { param: field },
    );
  }
}

/** OpenAI's newer models name their own choice so. */
function isLeftToModel({ body, imageSizeField }: ReadRequest): boolean {
  return body[imageSizeField] === "auto";
}

function presetOf({ body: { size, image_size: imageSize } }: ReadRequest): ImagePreset | undefined {
  const name = imageSize ?? size;
  return typeof name === "string" && isImagePreset(name) ? name : undefined;
}

function isSame(one: PixelSize, other: PixelSize | undefined): boolean {
  return one.width === other?.width && one.height === other.height;
}

function amongSizes(name: string, { sizes = [] }: ImageShape, { model, imageSizeField, body }: ReadRequest): string {
  if (sizes.length === 0 || sizes.includes(name)) return name;
  throw new FatalUpstreamError(
    "invalid_request",
    `${quote(name)} can't be drawn by ${quote(model)}: it draws ${sizes.join(", ")}.`,
    { param: typeof body.aspect_ratio === "string" ? "aspect_ratio" : imageSizeField },
  );
}

function withinBounds({ width, height }: PixelSize, { sidePixels }: ImageShape, model: string): PixelSize {
  if (sidePixels === undefined) return { width, height };
  const { min, max, multipleOf } = sidePixels;
  for (const side of [width, height]) {
    if (side >= min && side <= max && side % multipleOf === 0) continue;
    throw new FatalUpstreamError(
      "invalid_request",
      `The size ${width}x${height} can't be drawn by ${quote(model)}: a side has ${min} to ${max} pixels, in steps of ${multipleOf}.`,
      { param: "size" },
    );
  }
  return { width, height };
}

function ratioOf({ width, height }: PixelSize, { sizes = [] }: ImageShape, model: string): string {
  const divisor = greatestCommonDivisor(width, height);
  const ratio = `${width / divisor}:${height / divisor}`;
  // 21:9 and 9:21 are written as they are in the published list, not in their lowest terms.
  const found = sizes.find((name) => {
    const [across = 0, down = 0] = name.split(":").map(Number);
    return across * height === down * width;
  });
  if (found !== undefined || sizes.length === 0) return found ?? ratio;
  throw new FatalUpstreamError(
    "invalid_request",
    `${quote(model)} draws in the ratios ${sizes.join(", ")}; ${width}x${height} is ${ratio}.`,
    { param: "size" },
  );
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
