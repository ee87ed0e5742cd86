import type { ImageModel, ImageShape } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { JsonObject } from "../request/wire-types.js";

/** A field of OpenAI's images that not every model has. */
interface OptionalField {
  /** Values that leave the choice to the model, or say what it does anyway. Absent of a hint, which no picture shows. */
  readonly neutral?: readonly unknown[];
  /** Words of one model in those of another. */
  readonly nearest?: Readonly<Record<string, string>>;
}

const OPTIONAL: Readonly<Record<string, OptionalField>> = {
  user: {},
  metadata: {},
  safety_identifier: {},
  moderation: { neutral: ["auto"] },
  quality: {
    neutral: ["auto"],
    nearest: { low: "standard", medium: "standard", high: "hd", standard: "medium", hd: "high" },
  },
  // What no model writes is drawn without loss.
  output_format: { neutral: [], nearest: { jpg: "jpeg", webp: "png" } },
  output_compression: { neutral: [] },
  // No model here draws a picture that can be seen through.
  background: { neutral: ["auto", "opaque"] },
  style: { neutral: [] },
  stream: { neutral: [false] },
  partial_images: { neutral: [0] },
};

/** Words that one field has at OpenAI alone: a model with styles of its own knows none of them. */
const FOREIGN_STYLES: ReadonlySet<unknown> = new Set(["vivid", "natural"]);

/** Of streams of pictures no model has a shape that is known. */
const STREAM_FIELDS = ["stream", "partial_images"] as const;

/** Fields of a model that the catalog does not know: all pass, except what would turn its answer into a stream. */
export function withoutStream(fields: JsonObject, adjustments: Adjustment[]): JsonObject {
  const kept = { ...fields };
  for (const field of STREAM_FIELDS) {
    if (kept[field] === undefined) continue;
    adjustments.push(removed(field, OPTIONAL[field], kept[field]));
    delete kept[field];
  }
  return kept;
}

/** Each optional field as the model takes it: kept, said in its words, or left out; what is not kept is reported. */
export function fitOptionalFields(fields: JsonObject, { image }: ImageModel, adjustments: Adjustment[]): JsonObject {
  const kept: JsonObject = {};
  for (const [field, value] of Object.entries(fields)) {
    const rule = Object.hasOwn(OPTIONAL, field) ? OPTIONAL[field] : lackingSeed(field, image);
    const fitting = rule === undefined ? value : fit(field, value, rule, image);
    if (fitting === value) {
      kept[field] = value;
    } else if (fitting === undefined) {
      adjustments.push(removed(field, rule, value));
    } else {
      kept[field] = fitting;
      adjustments.push({ field, to: `${field}=${fitting}`, rule: "dialect", changesAnswer: true });
    }
  }
  return kept;
}

/** Of an open root a seed may be known although it is not listed. */
function lackingSeed(field: string, { parameters, strictRoot }: ImageShape): OptionalField | undefined {
  return field === "seed" && strictRoot === true && !parameters.includes(field) ? { neutral: [] } : undefined;
}

/** @returns `undefined` for what has to be left out */
function fit(field: string, value: unknown, { nearest }: OptionalField, { parameters, values }: ImageShape): unknown {
  if (!parameters.includes(field)) return undefined;
  const words = values?.[field];
  if (words === undefined) return field === "style" && FOREIGN_STYLES.has(value) ? undefined : value;
  if (typeof value !== "string" || words.includes(value)) return value;
  const near = nearest !== undefined && Object.hasOwn(nearest, value) ? nearest[value] : undefined;
  return near !== undefined && words.includes(near) ? near : undefined;
}

function removed(field: string, rule: OptionalField | undefined, value: unknown): Adjustment {
  const to = `${field}=removed`;
  const { neutral } = rule ?? {};
  if (neutral === undefined || neutral.includes(value)) return { field, to, rule: "dialect" };
  return { field, to, rule: "dialect", changesAnswer: true };
}

const AS_ADDRESS = "convert_base64_to_url";

/**
 * The form in which pictures come. Models without `response_format` answer with an address; imagen has a field of its own for it. Data
 * that a model can't give is fetched from the address, see `call/give-pictures.ts`.
 */
export function fitResponseFormat(
  fields: JsonObject,
  { image }: ImageModel,
  model: string,
  adjustments: Adjustment[],
): JsonObject {
  const { response_format: format, ...rest } = fields;
  if (format === undefined) return fields;
  if (format !== "url" && format !== "b64_json") {
    throw new FatalUpstreamError(
      "invalid_request",
      `"response_format" is ${quote(String(format))}, and ${quote(model)} draws "url" or "b64_json".`,
      { param: "response_format" },
    );
  }
  if (image.parameters.includes("response_format")) return fields;
  if (image.parameters.includes(AS_ADDRESS)) return { [AS_ADDRESS]: format === "url", ...rest };
  if (format === "b64_json") {
    adjustments.push({ field: "response_format", to: "response_format=fetched", rule: "dialect" });
  }
  return rest;
}
