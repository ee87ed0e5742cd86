import { z } from "zod";

/** Width and height in pixels. */
export interface ImageSize {
  width: number;
  height: number;
}

const presets = {
  square_hd: [1024, 1024],
  square: [512, 512],
  portrait_4_3: [768, 1024],
  portrait_16_9: [576, 1024],
  landscape_4_3: [1024, 768],
  landscape_16_9: [1024, 576],
} as const;
type Preset = keyof typeof presets;

/** `image_size`: a preset, or sides within bounds. A side that is left out is 1024 or 768. */
export function imageSizes(least: number, most: number, step: number, fallback: Preset): z.ZodType<ImageSize> {
  const side = z.int().min(least).max(most).multipleOf(step);
  const sides = z.strictObject({ width: side.default(1024), height: side.default(768) });
  return z
    .union([z.enum(Object.keys(presets) as [Preset]), sides])
    .default(fallback)
    .transform(toSize);
}

/** Recraft's: both sides, any size. Only the sandbox bounds it, because it has to draw it. */
export const freeSizes: z.ZodType<ImageSize> = z
  .union([
    z.enum(Object.keys(presets) as [Preset]),
    z.strictObject({ width: z.int().min(1).max(2048), height: z.int().min(1).max(2048) }),
  ])
  .default("square_hd")
  .transform(toSize);

function toSize(size: Preset | ImageSize): ImageSize {
  if (typeof size === "object") return size;
  const [width, height] = presets[size];
  return { width, height };
}

/** `aspect_ratio`: a choice of ratios at a fixed number of pixels, each with its size. */
export function aspectRatios(sizes: Record<string, readonly [number, number]>, fallback: string): z.ZodType<ImageSize> {
  return z
    .enum(Object.keys(sizes) as [string])
    .default(fallback)
    .transform((ratio) => {
      const [width, height] = sizes[ratio] ?? [1024, 1024];
      return { width, height };
    });
}
