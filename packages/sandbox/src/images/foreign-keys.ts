import type { ImageShapeName } from "../models/model.js";

/** Keys that decide what is drawn, how often, and in which form it comes. */
const pictureKeys = [
  "n",
  "size",
  "response_format",
  "image_size",
  "aspect_ratio",
  "image_url",
  "strength",
  "negative_prompt",
  "seed",
] as const;
type PictureKey = (typeof pictureKeys)[number];

const own: Record<ImageShapeName, readonly PictureKey[]> = {
  "flux-pro": ["image_size", "seed"],
  "flux-ultra": ["aspect_ratio", "seed"],
  "flux-dev": ["image_size", "seed"],
  "flux-schnell": ["image_size", "seed"],
  "image-to-image": ["image_url", "strength", "seed"],
  "stable-diffusion": ["image_size", "negative_prompt", "seed"],
  recraft: ["image_size"],
  imagen: ["aspect_ratio", "seed"],
  "dall-e": ["n", "size", "response_format"],
};

/** The first key of a body that other image models have and this shape lacks. */
export function foreignKey(body: object, shape: ImageShapeName): string | undefined {
  return pictureKeys.find((key) => key in body && !own[shape].includes(key));
}
