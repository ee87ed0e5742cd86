import { validationMessage } from "../families/validation-message.js";
import { findEmbeddingModel } from "../models/catalog.js";
import type { EmbeddingModel } from "../models/model.js";
import type { Answer, Endpoint } from "../server/job.js";
import { countTokens, firstTokens } from "../text/tokens.js";
import { contextOverflow, invalidBody, unknownModel } from "../tier/refusal.js";
import { embedText } from "./embed-text.js";
import { type EmbeddingRequest, embeddingShapes } from "./embedding-shapes.js";

/** `POST /v1/embeddings`. */
export function createEmbeddingEndpoint(usageShape: "usage" | "meta"): Endpoint {
  return (body) => {
    const id = typeof body === "object" && body !== null && "model" in body ? body.model : undefined;
    if (typeof id !== "string") return { refusal: invalidBody("model: expected string, received nothing") };
    const model = findEmbeddingModel(id);
    if (!model) return { refusal: unknownModel(id) };
    const parsed = embeddingShapes[model.shape].safeParse(body);
    if (!parsed.success) return { refusal: invalidBody(validationMessage(parsed.error)) };
    const request = parsed.data;
    if (request.dimensions !== undefined && request.dimensions > model.dimensions) {
      return {
        refusal: invalidBody(`dimensions: expected at most ${model.dimensions}, received ${request.dimensions}`),
      };
    }

    const context = model.contextTokens ?? Number.POSITIVE_INFINITY;
    const longest = Math.max(...request.input.map(countTokens));
    if (longest > context && !request.truncate) return { refusal: contextOverflow(context, longest, 0) };
    return {
      job: {
        model,
        zeroCost: false,
        streamed: false,
        answer: () => answerEmbeddings(request, model, context, usageShape),
      },
    };
  };
}

function answerEmbeddings(
  request: EmbeddingRequest,
  model: EmbeddingModel,
  context: number,
  usageShape: "usage" | "meta",
): Answer {
  const input = request.input.map((text) => (countTokens(text) > context ? firstTokens(text, context) : text));
  const tokens = input.reduce((sum, text) => sum + countTokens(text), 0);
  // A handful of words is worth a fraction of an API token; nothing is free, so at least one is charged.
  const apiTokens = Math.max(1, Math.round(tokens * model.rate));
  const counted = usageShape === "meta" ? tokens : apiTokens;
  const body = {
    object: "list",
    data: input.map((text, index) => ({
      object: "embedding",
      index,
      embedding: encode(embedText(text, request.dimensions ?? model.dimensions), request.base64),
    })),
    model: model.id,
    usage: { ...(request.promptUsage ? { prompt_tokens: counted } : {}), total_tokens: counted },
    ...(usageShape === "meta" ? { meta: { usage: { tokens_used: apiTokens } } } : {}),
  };
  return { apiTokens, content: { kind: "json", body: JSON.stringify(body) } };
}

function encode(vector: Float32Array, base64: boolean): number[] | string {
  if (base64) return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString("base64");
  return Array.from(vector, (value) => Math.round(value * 1e7) / 1e7);
}
