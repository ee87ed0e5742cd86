import type { ChatModel, Dialect, Model, ThinkMarks } from "../catalog/model.js";
import { leaveOutFields } from "../dialect/chat-keys.js";
import { claudeChat } from "../dialect/claude-chat.js";
import type { AnswerReader, ChatDialect } from "../dialect/dialect.js";
import { adaptEmbedding, type EmbeddingPart } from "../dialect/embedding.js";
import { adaptImage } from "../dialect/image.js";
import { openaiChat } from "../dialect/openai-chat.js";
import { geminiChat, minimaxChat, togetherChat } from "../dialect/plain-chat.js";
import { setThoughtsApart } from "../dialect/set-thoughts-apart.js";
import { conformTools } from "../dialect/tool-shape.js";
import type { Provider } from "../provider/provider.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import type { ResolvedModel } from "./resolve-model.js";

/** A request in the upstream's words: one body, or several to send in turn. */
export interface AdaptedRequest {
  readonly path: string;
  readonly parts: readonly { readonly body: JsonObject; readonly positions: EmbeddingPart["positions"] }[];
  /** Whether the upstream streams. */
  readonly stream: boolean;
  /** Brings answers of chats into the form that the caller asked for. */
  readonly reader: AnswerReader | undefined;
  readonly adjustments: readonly Adjustment[];
}

const DIALECTS: Readonly<Record<Dialect, ChatDialect>> = {
  openai: openaiChat,
  together: togetherChat,
  minimax: minimaxChat,
  gemini: geminiChat,
  claude: claudeChat,
};

/** What of a provider the requests to it depend on. */
export type AdaptingProvider = Pick<Provider, "paths"> &
  Partial<Pick<Provider, "toolShape" | "fieldsTaken" | "messageKeysOff">>;

/** Writes a request in its model's dialect. @throws FatalUpstreamError `invalid_request` naming the field that does not fit */
export function adaptRequest(
  request: ReadRequest,
  { id, model }: ResolvedModel,
  limits: CallLimits,
  { paths, toolShape, fieldsTaken, messageKeysOff = [] }: AdaptingProvider,
): AdaptedRequest {
  if (request.endpoint === "embedding") {
    const { parts, adjustments } = adaptEmbedding(request, ofModality(model, "embedding"));
    return {
      path: paths.embedding,
      parts: parts.map(({ body, positions }) => ({ body: { ...body, model: id }, positions })),
      stream: false,
      reader: undefined,
      adjustments,
    };
  }
  if (request.endpoint === "image") {
    const { bodies, adjustments } = adaptImage(request, ofModality(model, "image"), limits);
    return {
      path: paths.image,
      parts: bodies.map((body) => ({ body: { ...body, model: id }, positions: [] })),
      stream: false,
      reader: undefined,
      adjustments,
    };
  }
  const chatModel = ofModality(model, "chat");
  const dialect = DIALECTS[chatModel?.dialect ?? "openai"];
  const adapted = dialect.adaptRequest({
    request,
    model: chatModel,
    limits,
    stream: request.stream && chatModel?.capabilities.streaming !== false,
  });
  const { requests, transforms } = adapted;
  const { body: conform, adjustments: ofTools } = conformTools(adapted.body, toolShape, request.messages);
  const keys = { taken: fieldsTaken, off: messageKeysOff };
  const { body, adjustments: ofFields } = leaveOutFields(conform, keys, request.body, id);
  const adjustments = [...adapted.adjustments, ...ofTools, ...ofFields];
  const stream = body.stream === true;
  const part = { body: { ...body, model: id }, positions: [] };
  const oneChunk: Adjustment = { field: "stream", to: "stream=one_chunk", rule: "dialect" };
  return {
    path: paths.chat,
    parts: Array.from({ length: requests }, () => part),
    stream,
    reader: [setThoughtsApart(marksOf(chatModel)), ...transforms].reduce<AnswerReader>(
      (reader, transform) => transform(reader),
      dialect,
    ),
    adjustments: request.stream && !stream ? [...adjustments, oneChunk] : adjustments,
  };
}

/** Of an id that the catalog does not know, only an answer that begins with `<think>` can tell. */
function marksOf(model: ChatModel | undefined): ThinkMarks {
  return model?.capabilities.thinkMarks ?? "start";
}

function ofModality<M extends Model["modality"]>(
  model: Model | undefined,
  modality: M,
): Extract<Model, { modality: M }> | undefined {
  return model?.modality === modality ? (model as Extract<Model, { modality: M }>) : undefined;
}
