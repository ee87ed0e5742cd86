import { validationMessage } from "../families/validation-message.js";
import { findImageModel } from "../models/catalog.js";
import type { ImageModel } from "../models/model.js";
import type { Endpoint } from "../server/job.js";
import {
  imageTooDear,
  imageTooLarge,
  invalidBody,
  type Refusal,
  tooManyImages,
  unknownModel,
  vendorRefusal,
} from "../tier/refusal.js";
import type { SandboxRules } from "../tier/rules.js";
import { foreignKey } from "./foreign-keys.js";
import { imageBody } from "./image-body.js";
import type { ImageRequest } from "./image-request.js";
import { imageShapes } from "./image-shapes.js";
import type { PictureStore } from "./picture-store.js";
import { referenceSize } from "./reference-size.js";

/** What the price of an image can depend on. */
export interface PricedImage {
  model: string;
  /** `512x512` */
  size: string;
  /** Images of the request. */
  count: number;
}

export interface ImageEndpointOptions {
  rules: SandboxRules;
  usageShape: "usage" | "meta";
  answers: "published" | "both";
  /** API tokens of one image, where it is not the usual price. */
  priceOf: (image: PricedImage) => number | undefined;
  pictures: PictureStore;
  urlOf: (id: string) => string;
  now: () => number;
}

/** OpenAI's reference of 2025-04: "For `dall-e-3`, only `n=1` is supported." */
const onlyOne = "Invalid 'n': integer above maximum value. Expected a value <= 1 with this model.";

/** What an image costs. No price was ever published; this is the most that the free tier makes. */
const usualApiTokens = 512;

/** `POST /v1/images/generations`: the model's schema first, then the tier's rules for count, size and price. */
export function createImageEndpoint(options: ImageEndpointOptions): Endpoint {
  const { rules, pictures } = options;
  return (body) => {
    const id = typeof body === "object" && body !== null && "model" in body ? body.model : undefined;
    if (typeof id !== "string") return { refusal: invalidBody("model: expected string, received nothing") };
    const model = findImageModel(id);
    if (!model) return { refusal: unknownModel(id) };
    const parsed = imageShapes[model.shape].safeParse(body);
    if (!parsed.success) return { refusal: invalidBody(validationMessage(parsed.error)) };
    const foreign = foreignKey(body as object, model.shape);
    if (foreign) return { refusal: invalidBody(`${foreign}: not supported by this model`) };
    if (model.id === "dall-e-3" && parsed.data.count > 1) return { refusal: vendorRefusal(onlyOne) };
    const { reference } = parsed.data;
    const size = reference === undefined ? undefined : referenceSize(reference, pictures);
    const request: ImageRequest = { ...parsed.data, ...size };

    const refusal = tierFault(request, model, rules);
    if (refusal) return { refusal };
    const priced: PricedImage = { model: model.id, size: sizeOf(request), count: request.count };
    const price = options.priceOf(priced) ?? usualApiTokens;
    const limit = rules.maxImageApiTokens;
    const kind = `${priced.model} ${priced.size} ${priced.count}`;
    const apiTokens = price * request.count;
    return {
      job: {
        model,
        zeroCost: price === 0,
        streamed: false,
        ...(limit !== null && price > limit ? { tooDear: { kind, refusal: imageTooDear(price, limit) } } : {}),
        answer: () => ({
          apiTokens,
          content: {
            kind: "json",
            body: imageBody({ ...options, request, apiTokens, created: Math.floor(options.now() / 1000) }),
          },
        }),
      },
    };
  };
}

function sizeOf({ width, height }: ImageRequest): string {
  return `${width}x${height}`;
}

function tierFault(request: ImageRequest, model: ImageModel, rules: SandboxRules): Refusal | undefined {
  const { maxImages, maxDallePixels } = rules;
  if (model.free === "one-image" && maxImages !== null && request.count > maxImages) {
    return tooManyImages(model.id, request.count, maxImages);
  }
  const longest = Math.max(request.width, request.height);
  if (model.free === "small-image" && maxDallePixels !== null && longest > maxDallePixels) {
    return imageTooLarge(model.id, sizeOf(request), maxDallePixels);
  }
  return undefined;
}
