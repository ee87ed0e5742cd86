import { isOverCostCap, rememberCostRefusal } from "../account/cost-cap.js";
import { imagePresets, isImagePreset } from "../catalog/image-presets.js";
import type { Model } from "../catalog/model.js";
import type { CallContext } from "./call-context.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";

/** The price of an image depends on model, size and count; what else is asked for changes nothing that is published. */
function priceKey({ found }: PreparedCall, body: RequestBody): string {
  const { n, num_images: images } = body;
  return `price:${JSON.stringify([found.model?.id ?? found.id, sizeKey(body, found.model), n ?? images ?? 1])}`;
}

/** One size, however it was said: by name, in pixels, or by leaving it out. Each way of its own would cost a probe. */
function sizeKey({ size, image_size: imageSize, aspect_ratio: ratio }: RequestBody, model: Model | undefined): unknown {
  const given = size ?? imageSize ?? ratio ?? defaultSize(model) ?? null;
  const pixels = typeof given === "string" && isImagePreset(given) ? imagePresets[given] : given;
  if (typeof pixels !== "object" || pixels === null) return pixels;
  const { width, height } = pixels as { width?: unknown; height?: unknown };
  return `${String(width)}x${String(height)}`;
}

function defaultSize(model: Model | undefined): string | undefined {
  return model?.modality === "image" ? model.image.defaultSize : undefined;
}

/** Whether the tier bounds the price of a call like this: of all others nothing need be asked. */
export function hasCostCap({ options }: CallContext, { request }: PreparedCall): boolean {
  return request.endpoint === "image" && options.tier.rules.some(({ kind }) => kind === "maxRequestCost");
}

/** Whether the server has refused a request of this call for its price since the last reset. */
export function overCostCap({ account, options }: CallContext, plan: PreparedCall): Promise<boolean> {
  const keys = plan.adapted.parts.map(({ body }) => priceKey(plan, body));
  return isOverCostCap(account, keys, options.now());
}

/** Requests that the provider rejected as too expensive are refused until the reset. */
export function rememberCost({ account, options }: CallContext, plan: PreparedCall, body: RequestBody): Promise<void> {
  return rememberCostRefusal(account, priceKey(plan, body), options.now());
}
