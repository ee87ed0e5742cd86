import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";

/** Fields that take a word of a short list. Other texts may be anybody's name, or a prompt: those are told nobody. */
const WORDS: ReadonlySet<string> = new Set([
  "aspect_ratio",
  "background",
  "image_size",
  "output_format",
  "quality",
  "response_format",
  "size",
  "style",
]);

/** An adjustment with what the caller had asked for, so that somebody can tell a default from a wish that was not met. */
export function withAsked(adjustment: Adjustment, request: ReadRequest): Adjustment {
  const from = askedFor(request, adjustment.field);
  return from === undefined ? adjustment : { ...adjustment, from };
}

function askedFor(request: ReadRequest, field: string): string | undefined {
  const { maxOutputTokens: tokens, images } = request;
  const value = field === request.outputLimitField ? tokens : (request.body[field] ?? undefined);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return WORDS.has(field) && value.length <= 20 ? value : undefined;
  const size = field === request.imageSizeField ? images?.size : undefined;
  return size === undefined ? undefined : `${size.width}x${size.height}`;
}
