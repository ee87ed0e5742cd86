import type { ImageModel } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { ImageList, JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import { checkRanges, onlyKnown, withoutNulls } from "./field-values.js";
import { fitOptionalFields, fitResponseFormat, withoutStream } from "./image-fields.js";
import { checkSizeWords, sizeFields } from "./image-size.js";
import { type CostOf, sumMeta } from "./sum-meta.js";

/** An image call in the model's own shape: one body for each request it takes. */
export interface AdaptedImage {
  readonly bodies: readonly JsonObject[];
  readonly adjustments: readonly Adjustment[];
}

/**
 * Writes an image request. Both shapes are read: OpenAI's `n` and `size`, and `num_images` and `image_size`, as LiteLLM's
 * aiml provider sends them.
 *
 * @throws FatalUpstreamError `invalid_request` naming the field that does not fit
 */
export function adaptImage(request: ReadRequest, model: ImageModel | undefined, limits: CallLimits): AdaptedImage {
  const adjustments: Adjustment[] = [];
  const count = request.images?.count ?? 1;
  const total = Math.min(count, limits.imageCount ?? count);
  const counts = countsOf(total, Math.min(limits.imagesPerRequest ?? total, total, model?.image.maxCount ?? total));
  if (model === undefined) {
    const body = withoutStream(withoutNulls(request.body), adjustments);
    return {
      bodies: counts.map((count, index) => {
        return { ...body, ...seedOf(body, index), [request.imageCountField]: count };
      }),
      adjustments,
    };
  }
  const { image } = model;
  if ((limits.imagesPerRequest ?? total) >= total && counts.length > 1) {
    adjustments.push({
      field: request.imageCountField,
      to: `${request.imageCountField}=${counts.length}_requests`,
      rule: "dialect",
    });
  }
  checkPrompt(request, model);
  checkSizeWords(request);
  const {
    n: _,
    num_images: __,
    size: ___,
    image_size: ____,
    aspect_ratio: _____,
    ...rest
  } = withoutNulls(request.body);
  const fitting = fitOptionalFields(rest, model, adjustments);
  const asked = fitResponseFormat(fitting, model, request.model, adjustments);
  const fields = fitSeed(asked, model, request.model, adjustments);
  // dall-e's schema is strict; of the others' unknown fields nothing is published, so they pass.
  if (image.strictRoot === true) {
    onlyKnown(fields, new Set(["model", "prompt", ...image.parameters]), request.model);
  }
  const sized = { ...fields, ...sizeFields(request, model, limits, adjustments) };
  const bodies = counts.map((count, index) => ({ ...sized, ...seedOf(sized, index), [image.countParameter]: count }));
  return { bodies, adjustments };
}

/** The answers of an image call as one, in OpenAI's shape, whichever of the published shapes they had. */
export function mergeImages(answers: readonly JsonObject[], created: number, costOf: CostOf): ImageList {
  const [first = {}] = answers;
  const date = typeof first.created === "number" ? first.created : created;
  if (answers.length === 1) {
    const { images: _, data: __, ...rest } = first;
    return { ...rest, created: date, data: readImages(first) };
  }
  // What an answer says of its own pictures goes to each of them: of several answers no root field speaks for all.
  const data = answers.flatMap((answer) => {
    const seed = answer.seed === undefined ? {} : { seed: answer.seed };
    return readImages(answer).map((image) => ({ ...seed, ...image }));
  });
  const usage = sumUsage(answers);
  return { created: date, data, ...(usage === undefined ? {} : { usage }), ...sumMeta(answers, costOf) };
}

function sumUsage(answers: readonly JsonObject[]): ImageList["usage"] {
  const totals = answers.map(({ usage }) => (usage as { total_tokens?: unknown } | undefined)?.total_tokens);
  const known = totals.filter((total) => typeof total === "number");
  return known.length === 0 ? undefined : { total_tokens: known.reduce((sum, total) => sum + total, 0) };
}

/** The images of each request: what neither tier nor model gives at once is asked for in turn. */
function countsOf(total: number, most: number): number[] {
  return Array.from({ length: Math.ceil(total / most) }, (_, index) => Math.min(most, total - index * most));
}

/**
 * One seed for several requests would draw one picture several times, so each request counts it on. A seed that came as
 * text, because JavaScript does not count so far, is written as the number it is.
 */
function seedOf({ seed }: JsonObject, index: number): JsonObject {
  if (typeof seed === "number" && Number.isSafeInteger(seed + index)) return { seed: seed + index };
  if (!isSeedText(seed) && !Number.isInteger(seed)) return {};
  const { rawJSON } = JSON as { rawJSON?: (text: string) => unknown };
  return { seed: rawJSON?.(String(BigInt(seed as string | number) + BigInt(index))) ?? Number(seed) + index };
}

function isSeedText(seed: unknown): seed is string {
  return typeof seed === "string" && /^-?\d{1,30}$/.test(seed);
}

/** Nought stands for no wish of a seed at some clients, and for one like any other elsewhere: the least one draws the same each time. */
function fitSeed(
  fields: JsonObject,
  { image: { seed: range } }: ImageModel,
  model: string,
  adjustments: Adjustment[],
): JsonObject {
  const { seed } = fields;
  if (range === undefined || seed === undefined) return fields;
  if (typeof seed !== "number" && !isSeedText(seed)) {
    throw new FatalUpstreamError("invalid_request", `"seed" is no whole number, and ${quote(model)} takes no other.`, {
      param: "seed",
    });
  }
  if (Number(seed) === 0 && range.least > 0) {
    adjustments.push({ field: "seed", to: `seed=${range.least}`, rule: "dialect", changesAnswer: true });
    return { ...fields, seed: range.least };
  }
  checkRanges({ seed: Number(seed) }, { seed: { ...range, whole: true } }, model);
  return fields;
}

function checkPrompt(request: ReadRequest, { image }: ImageModel): void {
  const { prompt, image_url: reference } = request.body;
  if (typeof prompt !== "string" || prompt === "") {
    throw new FatalUpstreamError("invalid_request", '"prompt" is missing: say what to draw.', { param: "prompt" });
  }
  if (prompt.length > image.maxPromptCharacters) {
    throw new FatalUpstreamError(
      "invalid_request",
      `"prompt" has ${prompt.length} characters, and ${quote(request.model)} takes ${image.maxPromptCharacters} at most.`,
      { param: "prompt" },
    );
  }
  if (image.referenceImage === "required" && (typeof reference !== "string" || !URL.canParse(reference))) {
    throw new FatalUpstreamError(
      "invalid_request",
      `${quote(request.model)} draws from a picture: give its address, or its data, as "image_url".`,
      { param: "image_url" },
    );
  }
}

function readImages(answer: JsonObject): ImageList["data"] {
  // Later answers have both lists: one with the revised prompts, one with the sizes.
  const [first, other] = [answer.data, answer.images].filter((list) => Array.isArray(list) && list.length > 0);
  if (!Array.isArray(first)) {
    throw new FatalUpstreamError("unexpected_response", "The upstream's answer holds no images.");
  }
  const twins: unknown[] = Array.isArray(other) && other.length === first.length ? other : [];
  return first.map((item, index) => {
    const twin = twins[index];
    const image = { ...(typeof twin === "object" ? twin : {}), ...(typeof item === "string" ? { url: item } : item) };
    if (typeof image.url === "string" || typeof image.b64_json === "string") return image;
    throw new FatalUpstreamError(
      "unexpected_response",
      "An image of the upstream's answer has neither address nor data.",
    );
  });
}
