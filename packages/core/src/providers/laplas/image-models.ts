import { type ImagePreset, imagePresets } from "../../catalog/image-presets.js";
import type { ImageModel, ImageShape } from "../../catalog/model.js";
import type { ImageModelId } from "./model-id.js";

// The request shapes published on 2025-04-16. What an answer looks like is no fact of a model: one reader takes them all.
type Usual = "countParameter" | "maxCount" | "referenceImage" | "maxPromptCharacters";
const usual: Pick<ImageShape, Usual> = {
  countParameter: "num_images",
  maxCount: 4,
  referenceImage: "none",
  maxPromptCharacters: 4000,
};
const presets = Object.keys(imagePresets);

// From 1 on. Answers have seeds of up to 64 bits.
const seed = { least: 1 };

const values = { output_format: ["jpeg", "png"] };

/** Sizes by preset, or by width and height within bounds. */
function sized(min: number, max: number, defaultSize: ImagePreset, parameters: readonly string[]): ImageShape {
  const sidePixels = { min, max, multipleOf: 32 };
  return { ...usual, sizeParameter: "image_size", defaultSize, sizes: presets, sidePixels, seed, parameters, values };
}

const checker = "enable_safety_checker";
const sampling = ["num_inference_steps", "guidance_scale", "seed"];
const fluxPro = sized(256, 1440, "landscape_4_3", [...sampling, "safety_tolerance", "output_format"]);
const fluxPro11 = sized(256, 1440, "landscape_4_3", ["seed", checker, "safety_tolerance", "output_format"]);
const fluxUltra: ImageShape = {
  ...usual,
  sizeParameter: "aspect_ratio",
  defaultSize: "16:9",
  seed,
  sizes: ["21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"],
  parameters: [...fluxPro11.parameters, "raw"],
  values,
};
const fluxRealism = sized(512, 1536, "landscape_4_3", [...sampling, checker, "output_format"]);
const fluxDev = sized(512, 1536, "landscape_4_3", [...sampling, checker]);
const fluxSchnell = sized(64, 1536, "landscape_4_3", ["num_inference_steps", "seed", checker]);
// The size of the picture that it draws from.
const fluxFromImage: ImageShape = {
  ...usual,
  sizeParameter: "none",
  referenceImage: "required",
  seed,
  parameters: [...fluxDev.parameters, "strength"],
};

const stable = [...sampling, checker, "negative_prompt"];
const stable3 = sized(64, 1536, "square_hd", [...stable, "prompt_expansion"]);
const stable35 = sized(64, 1536, "square_hd", [...stable, "output_format"]);

// Its page asks of width and height only that they are positive.
const recraft: ImageShape = {
  ...usual,
  sizeParameter: "image_size",
  defaultSize: "square_hd",
  sizes: presets,
  maxCount: 1,
  parameters: ["style", "colors"],
};

const imagen: ImageShape = {
  ...usual,
  sizeParameter: "aspect_ratio",
  defaultSize: "1:1",
  sizes: ["1:1", "9:16", "16:9", "3:4", "4:3"],
  maxPromptCharacters: 400,
  seed: { least: 0, most: 4_294_967_295 },
  parameters: [
    "convert_base64_to_url",
    "seed",
    "enhance_prompt",
    "person_generation",
    "safety_setting",
    "add_watermark",
  ],
};

// One list of sizes is published for both, though OpenAI itself draws the two smallest with dall-e-2 only. No bound of `n`
// is published: 10 and 1 are those of OpenAI's own reference of that time.
const dalle: ImageShape = {
  ...usual,
  sizeParameter: "size",
  defaultSize: "1024x1024",
  sizes: ["1024x1024", "1024x1792", "1792x1024", "512x512", "256x256"],
  countParameter: "n",
  maxCount: 10,
  parameters: ["quality", "response_format", "style"],
  values: { quality: ["standard", "hd"], style: ["vivid", "natural"] },
  strictRoot: true,
};

function define(vendor: string, id: ImageModelId, image: ImageShape, label: string = id): ImageModel {
  return { id, aliases: [], label, vendor, modality: "image", image };
}

/** Every built-in image model. Bounds are the server's own; what a tier allows of them is the tier's business. */
export const imageModels: readonly ImageModel[] = [
  define("Black Forest Labs", "flux-pro", fluxPro),
  define("Black Forest Labs", "flux-pro/v1.1", fluxPro11),
  define("Black Forest Labs", "flux-pro/v1.1-ultra", fluxUltra),
  define("Black Forest Labs", "flux-realism", fluxRealism),
  define("Black Forest Labs", "flux/dev", fluxDev),
  define("Black Forest Labs", "flux/dev/image-to-image", fluxFromImage),
  define("Black Forest Labs", "flux/schnell", fluxSchnell),
  define("Stability AI", "stable-diffusion-v3-medium", stable3),
  define("Stability AI", "stable-diffusion-v35-large", stable35),
  define("RecraftAI", "recraft-v3", recraft),
  define("Google", "imagen-3.0-generate-002", imagen, "imagen-3.0"),
  define("OpenAI", "dall-e-2", dalle),
  define("OpenAI", "dall-e-3", { ...dalle, maxCount: 1 }),
];
