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
  /** Model tokens; -1 removes the model's limit for one call. @default the tier's limit; where there is none, the model's own */
  maxTokens?: number | undefined;
  /** Penalty for each earlier occurrence of a token, from -2 to 2. @default the model's own */
  frequencyPenalty?: number | undefined;
  /** Penalty for tokens that have occurred at all, from -2 to 2. @default the model's own */
  presencePenalty?: number | undefined;
  /** Bias by token id, from -100 to 100. */
  logitBias?: Record<string, number> | undefined;
  /** The same seed and request should give the same answer. */
  seed?: number | undefined;
  /** Answers per request. `generate` returns all of them, `invoke` the first. Streaming allows only one. @default 1 */
  n?: number | undefined;
  /** Adds the probability of each token to the message, as `response_metadata.logprobs`. */
  logprobs?: boolean | undefined;
  /** Number of likeliest tokens reported at each position. */
  topLogprobs?: number | undefined;
  /** How long a reasoning model thinks: `low`, `medium`, `high`, ... */
  reasoningEffort?: string | undefined;
  /** OpenAI's object form of `reasoningEffort`. Only `effort` exists in chat completions; other parts are refused. */
  reasoning?: { effort?: string | null | undefined } | undefined;
  /** Length of the answer: `low`, `medium`, `high`. */
  verbosity?: string | null | undefined;
}

/** Hints to the server that do not shape the answer. As fields they hold for every call, as call options for one. */
export interface RequestHints {
  /** Id of the end user. */
  user?: string | undefined;
  service_tier?: string | null | undefined;
  promptCacheKey?: string | undefined;
  promptCacheRetention?: string | null | undefined;
  promptCacheOptions?: object | undefined;
  /** Text the answer is expected to repeat, which makes it faster. */
  prediction?: object | undefined;
}

/** The parts of OpenAI's client options that ChatLaplas supports. Each is a field of its own as well. */
export type ClientConfiguration = Pick<EngineFields, "apiKey" | "baseURL" | "defaultHeaders" | "fetch">;

/**
 * Fields of {@link ChatLaplas}, beside those of every LangChain chat model (`cache`, `callbacks`, `tags`, `maxConcurrency`, ...).
 * An unknown field, and a field of other chat models that ChatLaplas can't support, throws InvalidOptionsError.
 */
export interface ChatLaplasFields extends BaseChatModelParams, EngineFields, Sampling, RequestHints {
  /** Id, alias or label of a chat model. */
  model?: ModelName | undefined;
  /** Another name of `model`. */
  modelName?: ModelName | undefined;
  /** Another name of `maxTokens`. */
  maxCompletionTokens?: number | undefined;
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
  /** How long one request to the upstream may take in all, in milliseconds. @default the engine's, 600_000 */
  deadlineMs?: number | undefined;
  /**
   * Follow-ups by which an answer that the tier's limit of output tokens cuts is continued and arrives as one, at most. Each is a
   * request of its own, which reads the prompt again. Without `maxTokens` the answer goes on until the model or the follow-ups end. @default LAPLAS_CONTINUE_AT_CAP, else the engine's, 0
   */
  continueAtCap?: number | undefined;
  /** New attempts of the engine after a failure that may pass; LangChain's own retrier is off. @default 2 */
  maxRetries?: number;
  /** Default of the call option `strict`. */
  supportsStrictToolCalling?: boolean | undefined;
  /** More fields of the request body, such as `top_k`. They override all other fields. */
  modelKwargs?: Record<string, unknown> | undefined;
  /** As in ChatOpenAI: `baseURL`, `apiKey`, `defaultHeaders`, `fetch`. Other parts are refused by name. */
  configuration?: ClientConfiguration | undefined;
}

/** Options of a single call of {@link ChatLaplas}; bind them with `.withConfig()`. */
export interface ChatLaplasCallOptions extends BaseChatModelCallOptions, Sampling, RequestHints {
  /** Tools of any kind that LangChain knows; bound by `bindTools`. */
  tools?: BindToolsInput[];
  /** OpenAI's `response_format`, whose `schema` may be a zod schema; set by `withStructuredOutput`. */
  response_format?: unknown;
  /** Whether the model may call several tools in one answer. */
  parallel_tool_calls?: boolean;
  /** Whether arguments must match the tools' schemas, on models that take it. */
  strict?: boolean;
  /** `include_usage` overrides the model's `streamUsage` for one call. */
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean };
  /** More fields of the request body, over those of the model. */
  modelKwargs?: Record<string, unknown>;
  /** Overrides the model's `continueAtCap` for one call; 0 for an answer that ends at the limit. */
  continueAtCap?: number;
  /** Place of the prompt among several, for callbacks. */
  promptIndex?: number;
}
