import type { Model } from "../catalog/model.js";
import type { ChatDialect } from "../dialect/dialect.js";
import { adaptEmbedding, type EmbeddingPart } from "../dialect/embedding.js";
import { openaiChat } from "../dialect/openai-chat.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import type { FoundModel } from "./find-model.js";

/** A request in the upstream's words: one body, or several to send in turn. */
export interface AdaptedRequest {
  readonly path: string;
  readonly parts: readonly { readonly body: JsonObject; readonly positions: EmbeddingPart["positions"] }[];
  /** Whether the upstream streams. */
  readonly stream: boolean;
  readonly dialect: ChatDialect | undefined;
  readonly adjustments: readonly Adjustment[];
}

/** Writes a request in its model's dialect. @throws FatalUpstreamError `invalid_request` naming the field that does not fit */
export function adaptRequest(request: ReadRequest, { id, model }: FoundModel, limits: CallLimits): AdaptedRequest {
  if (request.endpoint === "embedding") {
    const { parts, adjustments } = adaptEmbedding(request, ofModality(model, "embedding"));
    return {
      path: "/embeddings",
      parts: parts.map(({ body, positions }) => ({ body: { ...body, model: id }, positions })),
      stream: false,
      dialect: undefined,
      adjustments,
    };
  }
  const chatModel = ofModality(model, "chat");
  const dialect = dialectOf(chatModel?.dialect ?? "openai", request.model);
  const { body, stream, adjustments } = dialect.adaptRequest(request, chatModel, limits);
  return {
    path: "/chat/completions",
    parts: [{ body: { ...body, model: id }, positions: [] }],
    stream,
    dialect,
    adjustments,
  };
}

function dialectOf(name: string, model: string): ChatDialect {
  if (name === "openai") return openaiChat;
  throw new FatalUpstreamError(
    "invalid_request",
    `The request shape of ${model}, "${name}", is not known to this version.`,
    {
      param: "model",
    },
  );
}

function ofModality<M extends Model["modality"]>(
  model: Model | undefined,
  modality: M,
): Extract<Model, { modality: M }> | undefined {
  return model?.modality === modality ? (model as Extract<Model, { modality: M }>) : undefined;
}
