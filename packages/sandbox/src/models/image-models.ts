import type { ImageModel, ImageShapeName } from "./model.js";

type Row = readonly [id: string, name: string, vendor: string, shape: ImageShapeName, free: ImageModel["free"]];

const flux = "Black Forest Labs (Flux)";

// biome-ignore format: a table
const rows: readonly Row[] = [
  ["flux-pro", "flux-pro", flux, "flux-pro", "one-image"],
  ["flux-pro/v1.1", "flux-pro/v1.1", flux, "flux-pro", "one-image"],
  ["flux-pro/v1.1-ultra", "flux-pro/v1.1-ultra", flux, "flux-ultra", "one-image"],
  ["flux-realism", "flux-realism", flux, "flux-dev", "one-image"],
  ["flux/dev", "flux/dev", flux, "flux-dev", "one-image"],
  ["flux/dev/image-to-image", "flux/dev/image-to-image", flux, "image-to-image", "one-image"],
  ["flux/schnell", "flux/schnell", flux, "flux-schnell", "one-image"],
  ["imagen-3.0-generate-002", "imagen-3.0", "Google", "imagen", "unlisted"],
  ["dall-e-2", "dall-e-2", "OpenAI", "dall-e", "small-image"],
  ["dall-e-3", "dall-e-3", "OpenAI", "dall-e", "small-image"],
  ["recraft-v3", "recraft-v3", "RecraftAI", "recraft", "one-image"],
  ["stable-diffusion-v3-medium", "stable-diffusion-v3-medium", "Stability AI", "stable-diffusion", "one-image"],
  ["stable-diffusion-v35-large", "stable-diffusion-v35-large", "Stability AI", "stable-diffusion", "one-image"],
];

/** The image models of the documentation of April 2025, with what its free-tier page says of each. */
export const allImageModels: readonly ImageModel[] = rows.map(([id, name, vendor, shape, free]) => ({
  kind: "image",
  id,
  name,
  vendor,
  contextTokens: null,
  shape,
  free,
}));
