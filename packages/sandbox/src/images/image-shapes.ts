import { z } from "zod";
import type { ImageShapeName } from "../models/model.js";
import { fluxShapes } from "./flux-shapes.js";
import { type ImageRequest, toRequest } from "./image-request.js";
import { aspectRatios, freeSizes } from "./image-size.js";
import { recraftStyles } from "./recraft-styles.js";

const model = z.string();
const prompt = z.string().min(1).max(4000);
const count = z.int().min(1).max(4).default(1);
const flag = z.boolean().optional();

const channel = z.int().min(0).max(255);
const recraft = z
  .looseObject({
    model,
    prompt,
    num_images: z.literal(1).default(1),
    image_size: freeSizes,
    style: z.enum(recraftStyles).optional(),
    colors: z.array(z.looseObject({ r: channel, g: channel, b: channel })).optional(),
  })
  .transform((body) =>
    toRequest({ prompt: body.prompt, num_images: body.num_images }, body.image_size, { answer: "images-without-size" }),
  );

const imagenSizes = {
  "1:1": [1024, 1024],
  "9:16": [768, 1408],
  "16:9": [1408, 768],
  "3:4": [896, 1280],
  "4:3": [1280, 896],
} as const;

const imagen = z
  .looseObject({
    model,
    prompt: z.string().min(1).max(400),
    num_images: count,
    seed: z.int().min(0).max(4294967295).optional(),
    aspect_ratio: aspectRatios(imagenSizes, "1:1"),
    convert_base64_to_url: z.boolean().default(false),
    enhance_prompt: flag,
    add_watermark: flag,
    person_generation: z.enum(["dont_allow", "allow_adult"]).optional(),
    safety_setting: z.enum(["block_low_and_above", "block_medium_and_above", "block_only_high"]).optional(),
  })
  .transform((body) => toRequest(body, body.aspect_ratio, { answer: "data", base64: !body.convert_base64_to_url }));

const dallE = z
  .strictObject({
    model,
    prompt,
    n: z.int().min(1).max(10).default(1),
    size: z.enum(["1024x1024", "1024x1792", "1792x1024", "512x512", "256x256"]).nullish(),
    quality: z.enum(["standard", "hd"]).optional(),
    response_format: z.enum(["url", "b64_json"]).nullish(),
    style: z.enum(["vivid", "natural"]).nullish(),
  })
  .transform((body) => {
    const [width = 1024, height = 1024] = (body.size ?? "1024x1024").split("x").map(Number);
    const extra = { answer: "data", base64: body.response_format === "b64_json" } as const;
    return toRequest({ prompt: body.prompt, num_images: body.n }, { width, height }, extra);
  });

/** The published request shapes. A new one is one schema and its name in `ImageShapeName`. */
export const imageShapes: Record<ImageShapeName, z.ZodType<ImageRequest>> = {
  ...fluxShapes,
  recraft,
  imagen,
  "dall-e": dallE,
};
