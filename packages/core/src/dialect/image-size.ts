import { type ImagePreset, imagePresets, isImagePreset, type PixelSize } from "../catalog/image-presets.js";
import type { ImageModel, ImageShape } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ReadRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import { notTaken } from "./root-fields.js";

/**
 * The size that was asked for, under the name and in the form that the model takes; nothing where nothing was asked.
 *
 * @throws FatalUpstreamError `invalid_request` for a size that the model can't draw
 */
export function sizeFields(request: ReadRequest, { image }: ImageModel, limits: CallLimits): JsonObject {
  const { size, image_size: imageSize, aspect_ratio: ratio } = request.body;
  const preset = [imageSize, size].find((name) => typeof name === "string" && isImagePreset(name));
  const pixels = limits.imageSize ?? (preset === undefined ? undefined : imagePresets[preset as ImagePreset]);
  switch (image.sizeParameter) {
    case "size":
      return pixels === undefined ? {} : { size: `${pixels.width}x${pixels.height}` };
    case "image_size":
      if (limits.imageSize === undefined && preset !== undefined) return { image_size: preset };
      return pixels === undefined ? {} : { image_size: withinBounds(pixels, image, request.model) };
    case "aspect_ratio":
      if (typeof ratio === "string") return { aspect_ratio: ratio };
      return pixels === undefined ? {} : { aspect_ratio: ratioOf(pixels, image, request.model) };
    case "none":
      if (pixels !== undefined || preset !== undefined) throw notTaken(request.imageSizeField, request.model);
      return {};
  }
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
  if (sizes.length === 0 || sizes.includes(ratio)) return ratio;
  throw new FatalUpstreamError(
    "invalid_request",
    `${quote(model)} draws in the ratios ${sizes.join(", ")}; ${width}x${height} is ${ratio}.`,
    { param: "size" },
  );
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other);
}
