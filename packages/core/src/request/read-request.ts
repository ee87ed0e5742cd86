import { imagePresets, isImagePreset } from "../catalog/image-presets.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, JsonObject } from "./wire-types.js";

/** What is asked for, by the path of the upstream it goes to. */
export type Endpoint = "chat" | "embedding" | "image";

/** A request, read once: the fields that rules and dialects decide on, and the body as the caller gave it. */
export interface ReadRequest {
  readonly endpoint: Endpoint;
  /** As the caller wrote it. */
  readonly model: string;
  readonly body: Readonly<JsonObject>;
  readonly stream: boolean;
  /** Whether the caller asked for the usage-only chunk. */
  readonly includeUsage: boolean;
  /** The smaller of both names' values; absent if neither was given. */
  readonly maxOutputTokens: number | undefined;
  /** The name under which the caller gave it. */
  readonly outputLimitField: "max_tokens" | "max_completion_tokens";
  /** Empty unless the endpoint is chat. */
  readonly messages: readonly ChatMessage[];
  /** Empty unless the endpoint is embedding. */
  readonly texts: readonly string[];
  /** Absent unless the endpoint is image. */
  readonly images?: { readonly count: number; readonly size?: { readonly width: number; readonly height: number } };
  readonly imageCountField: "n" | "num_images";
  readonly imageSizeField: "size" | "image_size";
}

/**
 * Reads a body that came from a program. Only what this package decides on is checked; other fields are the server's business.
 *
 * @throws FatalUpstreamError `invalid_request` naming the field
 */
export function readRequest(endpoint: Endpoint, body: unknown): ReadRequest {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw invalid("The request must be a JSON object", undefined);
  }
  const fields = endpoint === "image" ? unwrapped(body as JsonObject) : (body as JsonObject);
  const { model } = fields;
  if (typeof model !== "string" || model.trim() === "") {
    throw invalid(`"model" is ${describe(model)}, but must be the id of a model`, "model");
  }
  checkNumbers(fields);
  const stream = optionalBoolean(fields.stream, "stream") ?? false;
  const usage = (fields.stream_options as { include_usage?: unknown } | null | undefined)?.include_usage === true;
  return {
    endpoint,
    model,
    body: fields,
    stream: endpoint === "chat" && stream,
    includeUsage: usage,
    ...readOutputLimit(endpoint, fields),
    messages: endpoint === "chat" ? readMessages(fields.messages) : [],
    texts: endpoint === "embedding" ? readTexts(fields.input) : [],
    ...(endpoint === "image" ? { images: readImages(fields) } : {}),
    imageCountField: (fields.num_images ?? undefined) === undefined ? "n" : "num_images",
    imageSizeField: (fields.image_size ?? undefined) === undefined ? "size" : "image_size",
  };
}

/**
 * LiteLLM's aiml provider puts what OpenAI's shape does not have into a field of its own (seen with 1.106.12), and its images have a
 * call's headers in the body as well (1.106.12 to 1.110.2): those were for this request, and none of the upstream's business.
 */
function unwrapped(fields: JsonObject): JsonObject {
  const { extra_body: extra, extra_headers: headers, ...rest } = fields;
  if (extra === undefined && headers === undefined) return fields;
  return typeof extra === "object" && extra !== null && !Array.isArray(extra) ? { ...rest, ...extra } : rest;
}

function readOutputLimit(
  endpoint: Endpoint,
  fields: JsonObject,
): Pick<ReadRequest, "maxOutputTokens" | "outputLimitField"> {
  if (endpoint !== "chat") return { maxOutputTokens: undefined, outputLimitField: "max_tokens" };
  const older = optionalCount(fields.max_tokens, "max_tokens");
  const newer = optionalCount(fields.max_completion_tokens, "max_completion_tokens");
  const smaller = Math.min(older ?? Number.POSITIVE_INFINITY, newer ?? Number.POSITIVE_INFINITY);
  return {
    maxOutputTokens: Number.isFinite(smaller) ? smaller : undefined,
    outputLimitField: older === undefined && newer !== undefined ? "max_completion_tokens" : "max_tokens",
  };
}

function readMessages(messages: unknown): readonly ChatMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) {
    // A text here would be a prompt: it is named, not shown.
    const what = typeof messages === "string" ? "a text" : describe(messages);
    throw invalid(`"messages" is ${what}, but must be a list of at least one message`, "messages");
  }
  for (const [index, message] of messages.entries()) {
    const role = (message as { role?: unknown } | null | undefined)?.role;
    if (typeof role !== "string" || role === "") {
      throw invalid(`messages[${index}] has no "role"`, `messages[${index}].role`);
    }
  }
  return messages;
}

function readTexts(input: unknown): readonly string[] {
  const texts = Array.isArray(input) ? input : [input];
  if (texts.length === 0) throw invalid('"input" is an empty list, but must hold at least one text', "input");
  for (const [index, text] of texts.entries()) {
    if (typeof text === "string") continue;
    const what = typeof text === "number" || Array.isArray(text) ? "token ids" : describe(text);
    throw invalid(`"input"${Array.isArray(input) ? `[${index}]` : ""} is ${what}; it must be text`, "input");
  }
  return texts;
}

/** A call may be split into as many requests: a slip of the finger must not make a million of them. */
const MOST_IMAGES = 100;

function readImages(fields: JsonObject): NonNullable<ReadRequest["images"]> {
  const count = optionalCount(fields.num_images, "num_images") ?? optionalCount(fields.n, "n") ?? 1;
  if (count > MOST_IMAGES) {
    const field = fields.num_images === undefined ? "n" : "num_images";
    throw invalid(`"${field}" is ${count}, but one call makes ${MOST_IMAGES} images at most`, field);
  }
  const size = readSize(fields.image_size, "image_size") ?? readSize(fields.size, "size");
  return size === undefined ? { count } : { count, size };
}

/** `512x512`, the name of a preset, or `{width, height}`. Whether any other text is a size is the dialect's to say. */
function readSize(value: unknown, field: string): { width: number; height: number } | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "object") {
    const { width, height } = value as { width?: unknown; height?: unknown };
    const sides = { width: optionalCount(width, `${field}.width`), height: optionalCount(height, `${field}.height`) };
    if (sides.width === undefined || sides.height === undefined) {
      throw invalid(`"${field}" must have a width and a height`, field);
    }
    return { width: sides.width, height: sides.height };
  }
  if (typeof value === "string" && isImagePreset(value)) return imagePresets[value];
  const [, width, height] = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(String(value)) ?? [];
  return width === undefined || height === undefined ? undefined : { width: Number(width), height: Number(height) };
}

/** The documented ranges. JSON has no NaN: it would be sent as null, and mean "not set". */
const RANGES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["temperature", [0, 2]],
  ["top_p", [0, 1]],
  ["frequency_penalty", [-2, 2]],
  ["presence_penalty", [-2, 2]],
  ["n", [1, Number.POSITIVE_INFINITY]],
]);

function checkNumbers(fields: JsonObject): void {
  for (const [field, value] of Object.entries(fields)) {
    if (typeof value !== "number") continue;
    const [least, most] = RANGES.get(field) ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    if (Number.isFinite(value) && value >= least && value <= most) continue;
    const range = !RANGES.has(field) ? "a finite number" : `a number from ${least} to ${most}`;
    throw invalid(`${quote(field)} is ${value}, but must be ${range.replace(" to Infinity", " on")}`, field);
  }
}

function optionalCount(value: unknown, field: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
  throw invalid(`"${field}" is ${describe(value)}, but must be a whole number, 1 or more`, field);
}

function optionalBoolean(value: unknown, field: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "boolean") return value;
  throw invalid(`"${field}" is ${describe(value)}, but must be true or false`, field);
}

/** A value in a message: scalars are shown, everything else may hold a prompt and is only named. */
function describe(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === "") return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  return typeof value === "string" ? quote(value) : `of type ${typeof value}`;
}

function invalid(message: string, param: string | undefined): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `${message}.`, param === undefined ? {} : { param });
}
