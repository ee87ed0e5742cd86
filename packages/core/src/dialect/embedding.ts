import type { EmbeddingModel, EmbeddingShape } from "../catalog/model.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { EmbeddingList, JsonObject } from "../request/wire-types.js";
import { decodeBase64Floats, encodeBase64Floats } from "./base64-floats.js";
import { notTaken } from "./field-values.js";
import { type CostOf, sumMeta } from "./sum-meta.js";

/** Texts per request. The server's own bound is nowhere; OpenAI's is 2,048, and a hundred keep one answer under 8 MB. */
const LARGEST_BATCH = 100;

/** One request of an embedding call, and which of the caller's texts it carries. */
export interface EmbeddingPart {
  readonly body: JsonObject;
  readonly positions: readonly number[];
}

/** An embedding call in the model's own shape: several requests where it takes one text at a time, or where there are many. */
export interface AdaptedEmbedding {
  readonly parts: readonly EmbeddingPart[];
  readonly adjustments: readonly Adjustment[];
}

const DEFAULT_SHAPE: EmbeddingShape = { input: "strings", base64: true, parameters: ["encoding_format", "dimensions"] };

/** @throws FatalUpstreamError `invalid_request` for a field or a length that the model does not take */
export function adaptEmbedding(request: ReadRequest, model: EmbeddingModel | undefined): AdaptedEmbedding {
  const shape = model?.embedding ?? DEFAULT_SHAPE;
  const adjustments: Adjustment[] = [];
  const parameters = keepParameters(request, shape, model === undefined, adjustments);
  checkLengths(request, shape);
  const positions = [...request.texts.keys()];
  const isLone = (position: number): boolean =>
    shape.input === "string" ||
    (request.texts[position]?.length ?? 0) > (shape.maxItemCharacters ?? Number.POSITIVE_INFINITY);
  const lone = positions.filter(isLone).map((position) => [position]);
  const listed = positions.filter((position) => !isLone(position));
  const groups = [...lone, ...batches(listed)];
  if (groups.length > 1) {
    adjustments.push({ field: "input", to: `input=${groups.length}_requests`, rule: "dialect" });
  }
  const parts = groups.map((group) => ({
    body: { ...parameters, input: inputOf(request, group, shape) },
    positions: group,
  }));
  return { parts, adjustments };
}

/** The parts' answers as one, in the order of the input and in the encoding that was asked for. The usage of several is left out. */
export function mergeEmbeddings(
  request: ReadRequest,
  parts: readonly EmbeddingPart[],
  answers: readonly EmbeddingList[],
  costOf: CostOf,
): EmbeddingList {
  const [first] = answers;
  if (first === undefined) throw new FatalUpstreamError("unexpected_response", "The upstream gave no vectors.");
  const asBase64 = request.body.encoding_format === "base64";
  const data: EmbeddingList["data"] = [];
  for (const [partIndex, answer] of answers.entries()) {
    for (const item of readItems(answer, parts[partIndex]?.positions.length ?? 0)) {
      const index = parts[partIndex]?.positions[item.index];
      if (index === undefined || data[index] !== undefined) throw wrongVectors();
      data[index] = { object: "embedding", index, embedding: encode(item.embedding, asBase64) };
    }
  }
  const { meta: _, usage: __, ...shared } = first;
  const head = answers.length === 1 ? first : { ...shared, ...sumMeta(answers, costOf) };
  return { ...head, object: "list", data };
}

function keepParameters(
  request: ReadRequest,
  shape: EmbeddingShape,
  isUnknownModel: boolean,
  adjustments: Adjustment[],
): JsonObject {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(request.body)) {
    if (key === "input" || value === null || value === undefined) continue;
    if (key === "encoding_format") {
      if (value !== "float" && value !== "base64")
        throw notTaken(`encoding_format=${typeof value === "string" ? value : typeof value}`, request.model);
      // The server's default is float; what it can't encode is encoded here.
      if (value === "base64" && shape.base64) kept[key] = value;
    } else if (key === "model" || isUnknownModel || shape.parameters.includes(key)) {
      kept[key] = value;
    } else if (key === "user") {
      adjustments.push({ field: key, to: "user=removed", rule: "dialect" });
    } else {
      throw new FatalUpstreamError(
        "invalid_request",
        `${quote(request.model)} does not take the field ${quote(key)}. It takes ${["input", ...shape.parameters].join(", ")}.`,
        { param: key },
      );
    }
  }
  return kept;
}

function checkLengths(request: ReadRequest, shape: EmbeddingShape): void {
  const most = shape.maxCharacters ?? Number.POSITIVE_INFINITY;
  for (const [position, text] of request.texts.entries()) {
    if (text !== "" && text.length <= most) continue;
    throw new FatalUpstreamError(
      "invalid_request",
      text === ""
        ? `input[${position}] is empty. Leave it out: there is nothing to embed.`
        : `input[${position}] has ${text.length} characters, and ${quote(request.model)} takes ${most} at most. Split it into shorter pieces.`,
      { param: "input" },
    );
  }
}

function batches(positions: readonly number[]): number[][] {
  const count = Math.ceil(positions.length / LARGEST_BATCH);
  return Array.from({ length: count }, (_, batch) =>
    positions.slice(batch * LARGEST_BATCH, (batch + 1) * LARGEST_BATCH),
  );
}

/** A single text keeps the form in which it came, except where only one form is taken. */
function inputOf(request: ReadRequest, group: readonly number[], shape: EmbeddingShape): string | string[] {
  const texts = group.map((position) => request.texts[position] ?? "");
  const [only] = texts;
  const isLone = texts.length === 1 && only !== undefined;
  const wantsString =
    shape.input === "string" || typeof request.body.input === "string" || isTooLongForList(only, shape);
  return isLone && wantsString ? only : texts;
}

function isTooLongForList(text: string | undefined, { maxItemCharacters }: EmbeddingShape): boolean {
  return maxItemCharacters !== undefined && text !== undefined && text.length > maxItemCharacters;
}

function readItems(answer: EmbeddingList, count: number): { index: number; embedding: number[] | string }[] {
  if (!Array.isArray(answer.data) || answer.data.length !== count) throw wrongVectors();
  return answer.data.map((item, place) => {
    const { embedding, index = place } = item ?? {};
    if (!Array.isArray(embedding) && typeof embedding !== "string") throw wrongVectors();
    return { index, embedding };
  });
}

function wrongVectors(): FatalUpstreamError {
  return new FatalUpstreamError("unexpected_response", "The upstream's list of vectors does not fit the texts sent.");
}

function encode(embedding: number[] | string, asBase64: boolean): number[] | string {
  if (asBase64) return typeof embedding === "string" ? embedding : encodeBase64Floats(embedding);
  if (typeof embedding !== "string") return embedding;
  try {
    return decodeBase64Floats(embedding);
  } catch {
    throw wrongVectors();
  }
}
