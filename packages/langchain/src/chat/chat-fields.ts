import type {
  BaseChatModelCallOptions,
  BaseChatModelParams,
  BindToolsInput,
} from "@langchain/core/language_models/chat_models";
import type { ModelName } from "@laplas/core";
import type { EngineFields } from "../engine/engine-fields.js";

/** What shapes an answer. As fields they hold for every call, as call options for one. */
export interface Sampling {
  /** @default the model's own */
  temperature?: number | undefined;
  /** @default the model's own */
  topP?: number | undefined;
  /** Model tokens. @default the tier's limit; where there is none, the model's own */
  maxTokens?: number | undefined;
}

/** Fields of {@link ChatLaplas}, beside those of every LangChain chat model (`cache`, `callbacks`, `tags`, `maxConcurrency`, ...). */
export interface ChatLaplasFields extends BaseChatModelParams, EngineFields, Sampling {
  /** Id, alias or label of a chat model. */
  model?: ModelName | undefined;
  /** Texts at which an answer ends; they are not part of it. */
  stop?: string[] | undefined;
  /** Another name of `stop`. */
  stopSequences?: string[] | undefined;
  /** Whether `invoke` streams as well, so that handlers hear every token. @default false */
  streaming?: boolean;
  /** Whether a streamed answer ends with its usage. @default true */
  streamUsage?: boolean;
  /** Silence of the upstream after which an attempt is given up, in milliseconds. @default the engine's, 120_000 */
  timeout?: number | undefined;
  /** New attempts of the engine after a failure that may pass; LangChain's own retrier is off. @default 2 */
  maxRetries?: number;
  /** More fields of the request body, as the model takes them: `seed`, `top_k`, `reasoning_effort`, ... */
  modelKwargs?: Record<string, unknown> | undefined;
}

/** The plain ones, from which LangChain's `load` can make the model again. */
export const WRITTEN_FIELDS: readonly (keyof ChatLaplasFields & string)[] = [
  ...(["model", "temperature", "topP", "maxTokens", "stop", "stopSequences", "modelKwargs"] as const),
  ...(["streaming", "streamUsage", "disableStreaming", "outputVersion", "timeout", "maxRetries"] as const),
];

/** Options of a single call of {@link ChatLaplas}; bind them with `.withConfig()`. */
export interface ChatLaplasCallOptions extends BaseChatModelCallOptions, Sampling {
  /** Tools of any kind that LangChain knows; bound by `bindTools`. */
  tools?: BindToolsInput[];
  /** OpenAI's `response_format`; set by `withStructuredOutput`. */
  response_format?: unknown;
  /** Whether the model may call several tools in one answer. */
  parallel_tool_calls?: boolean;
  /** Whether arguments must match the tools' schemas, on models that take it. */
  strict?: boolean;
  /** More fields of the request body, over those of the model. */
  modelKwargs?: Record<string, unknown>;
  /** Place of the prompt among several, for callbacks. */
  promptIndex?: number;
}
