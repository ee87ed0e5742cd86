import type { ChatModel } from "../catalog/model.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { ChatCompletion, ChatCompletionChunk, JsonObject } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";

/** A chat request in a model's own shape. */
export interface AdaptedChat {
  readonly body: JsonObject;
  /** Whether the upstream streams; a model that can't is asked for the whole answer. */
  readonly stream: boolean;
  readonly adjustments: readonly Adjustment[];
}

/**
 * One documented request shape: OpenAI's in, the model's out, and OpenAI's back. Changes that lose nothing are made and
 * reported; ones that would lose something are `invalid_request`, naming model and field.
 */
export interface ChatDialect {
  adaptRequest(request: ReadRequest, model: ChatModel | undefined, limits: CallLimits): AdaptedChat;
  /** Identity for a server that answers in OpenAI's shape. */
  readAnswer(answer: ChatCompletion): ChatCompletion;
  /** As {@link readAnswer}, for one chunk of a stream. */
  readChunk(chunk: ChatCompletionChunk): ChatCompletionChunk;
}
