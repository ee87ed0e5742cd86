/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

/** The sizes that flux, stable-diffusion and recraft take by name. */
export type ImagePreset =
  | "square_hd"
  | "square"
  | "portrait_4_3"
  | "portrait_16_9"
  | "landscape_4_3"
  | "landscape_16_9";

/**
 * What the names stand for. The documentation of 2025-04-16 gives pixels for landscape_4_3 alone (the default of flux:
 * 1024x768); the others are those of fal.ai, where the names come from. All are multiples of 32.
 */
export const imagePresets: Readonly<Record<ImagePreset, PixelSize>> = {
  square_hd: { width: 1024, height: 1024 },
  square: { width: 512, height: 512 },
  portrait_4_3: { width: 768, height: 1024 },
  portrait_16_9: { width: 576, height: 1024 },
  landscape_4_3: { width: 1024, height: 768 },
  landscape_16_9: { width: 1024, height: 576 },
};

/** Tells a preset from any other text that a caller may give as a size, "constructor" included. */
export function isImagePreset(name: string): name is ImagePreset {
  return Object.hasOwn(imagePresets, name);
}
