import { z } from "zod";
import type { ImageShapeName } from "../models/model.js";
import { type ImageRequest, toRequest } from "./image-request.js";
import { aspectRatios, imageSizes } from "./image-size.js";

const model = z.string();
const prompt = z.string().min(1).max(4000);
const count = z.int().min(1).max(4).default(1);
/* Not z.int(), which stops at 2^53: seeds have 64 bits, and an answer's own may be sent back. */
const seed = z.number().min(1).refine(Number.isInteger, "expected a whole number").optional();
const format = z.enum(["jpeg", "png"]).optional();
const steps = z.int().min(1).max(50).optional();
const guidance = z.number().min(1).max(20).optional();
const tolerance = z.enum(["1", "2", "3", "4", "5", "6"]).optional();
const flag = z.boolean().optional();

/*
 * Roots are open everywhere but for dall-e, so keys that change no picture (`user`, `quality`) are overlooked. Those that
 * another model has and this one lacks are refused, as in chats: the upstream would make another picture, or another count.
 */

const common = { model, prompt, num_images: count, seed };
const rendered = { num_inference_steps: steps, guidance_scale: guidance, enable_safety_checker: flag };

const fluxPro = z
  .looseObject({
    ...common,
    ...rendered,
    safety_tolerance: tolerance,
    output_format: format,
    image_size: imageSizes(256, 1440, 32, "landscape_4_3"),
  })
  .transform((body) => toRequest(body, body.image_size));

const fluxDev = z
  .looseObject({
    ...common,
    ...rendered,
    output_format: format,
    image_size: imageSizes(512, 1536, 32, "landscape_4_3"),
  })
  .transform((body) => toRequest(body, body.image_size));

const fluxSchnell = z
  .looseObject({
    ...common,
    num_inference_steps: z.int().min(1).max(12).optional(),
    enable_safety_checker: flag,
    image_size: imageSizes(64, 1536, 32, "landscape_4_3"),
  })
  .transform((body) => toRequest(body, body.image_size));

const stableDiffusion = z
  .looseObject({
    ...common,
    ...rendered,
    negative_prompt: z.string().optional(),
    prompt_expansion: flag,
    output_format: format,
    image_size: imageSizes(64, 1536, 1, "square_hd"),
  })
  .transform((body) => toRequest(body, body.image_size));

const imageToImage = z
  .looseObject({ ...common, ...rendered, image_url: z.url(), strength: z.number().optional() })
  .transform((body) => toRequest(body, { width: 1024, height: 768 }, { reference: body.image_url }));

/** Published as fixed at 2752x1536; the other ratios have about as many pixels. */
const ultraSizes = {
  "21:9": [3136, 1344],
  "16:9": [2752, 1536],
  "4:3": [2368, 1792],
  "3:2": [2496, 1664],
  "1:1": [2048, 2048],
  "2:3": [1664, 2496],
  "3:4": [1792, 2368],
  "9:16": [1536, 2752],
  "9:21": [1344, 3136],
} as const;

const fluxUltra = z
  .looseObject({
    ...common,
    safety_tolerance: tolerance,
    output_format: format,
    enable_safety_checker: flag,
    raw: z.literal(false).optional(),
    aspect_ratio: aspectRatios(ultraSizes, "16:9"),
  })
  .transform((body) => toRequest(body, body.aspect_ratio));

type FluxShapeName = Exclude<ImageShapeName, "recraft" | "imagen" | "dall-e">;

/** Flux and Stable Diffusion: `num_images`, `image_size` or a ratio, and bounds that differ from model to model. */
export const fluxShapes: Record<FluxShapeName, z.ZodType<ImageRequest>> = {
  "flux-pro": fluxPro,
  "flux-ultra": fluxUltra,
  "flux-dev": fluxDev,
  "flux-schnell": fluxSchnell,
  "image-to-image": imageToImage,
  "stable-diffusion": stableDiffusion,
};
