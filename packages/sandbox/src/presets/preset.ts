import type { ToolCall } from "../chat/chat-request.js";
import type { WindowShape } from "../windows/window.js";
import type { Strictness, Violation } from "./strictness.js";

export type PresetName = "groq" | "gemini" | "openrouter" | "mistral" | "cloudflare";

/** What a window counts. All but `requests` are model tokens or made from them. */
export type Measure =
  /** One a request, at admission. */
  | "requests"
  /** Prompt tokens, at admission. */
  | "input"
  /** Prompt and asked-for output, at admission; what was asked for and not used comes back only with `refund`. */
  | "requested"
  /** Prompt tokens at admission, completion tokens at the end. */
  | "total"
  /** Tokens by the model's price in neurons: the prompt's at admission, the completion's at the end. */
  | "neurons";

export interface WindowRule {
  /** Name in the log's reasons, such as `tokens_minute`. */
  id: string;
  measure: Measure;
  /** Whether each model has its own, or the account one for all that have a limit. */
  scope: "model" | "account";
  shape: WindowShape;
  /** `anyRemaining`: a request is let in while anything remains, whatever it costs. @default "fits" */
  admits?: "fits" | "anyRemaining";
  /** Whether a request that another window refuses is counted. @default false */
  countsRefusals?: boolean;
}

export interface PresetModel {
  id: string;
  contextTokens: number;
  /** Limits by window id. A window without a limit here does not apply; 0 is a model that the plan leaves out. */
  limits: Readonly<Record<string, number>>;
  /** Whether it calls tools. @default true */
  tools?: boolean;
  /** USD per token; a model with a price is not free. @default 0 */
  price?: { input: number; output: number };
  /** Neurons per million tokens. */
  neurons?: { input: number; output: number };
}

/** One limit at one moment. */
export interface WindowState {
  rule: WindowRule;
  limit: number;
  used: number;
  /** What the request needs of it. */
  needed: number;
  /** Milliseconds until that fits; infinite if it never does. */
  waitMs: number;
  /** Milliseconds until nothing counts as used. */
  resetMs: number;
}

/** What words and headers are made from. */
export interface Circumstances {
  model: PresetModel;
  now: number;
  promptTokens: number;
  /** Known for whole answers only: a stream's headers leave before its end. */
  completionTokens: number | undefined;
  /** All that apply to the model. */
  windows: readonly WindowState[];
  /** Those that refuse; none where the request was let in. */
  refusing: readonly WindowState[];
}

export interface ErrorReply {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

/** How a host behind a preset fails, where one answers for the provider. */
export type HostFailure =
  /** 429 of the host. */
  | "rateLimited"
  /** 502 of the provider. */
  | "down"
  /** 200 with an error in its body or its stream. */
  | "inside";

/** A provider as one description; `preset-upstream.ts` is the interpreter. */
export interface Preset {
  name: PresetName;
  /** Path before the routes, where a provider has it; `:account` stands for any one segment. */
  base: string;
  /** What of it and the routes a client takes as its base URL. @default base */
  clientPath?: string;
  /** By method and path below the base. `key` reports what is left. */
  routes: Readonly<Record<string, "chat" | "models" | "key">>;
  models: readonly PresetModel[];
  windows: readonly WindowRule[];
  strictness: Strictness;
  /** Output of a request that names no cap. */
  defaultMaxTokens: number;
  /** Prefix that model ids may have. */
  idPrefix?: string;
  /** Whether the models are listed to everybody. @default false */
  publicModels?: boolean;
  /** Whether what was asked for and not used comes back. @default false */
  refund?: boolean;
  /** Whether a streamed answer ends with its usage although nobody asked. @default false */
  alwaysUsage?: boolean;
  /** USD on the account. Below 0 nothing is answered, at 0 no model with a price. */
  balanceUsd?: number;
  /** Further fields of an answer and its chunks. */
  answerFields?: object;
  /** Changes a tool call to what the provider sends. */
  toolCall?(call: ToolCall, model: PresetModel): ToolCall & { extra?: object };
  words: PresetWords;
}

/** Headers and bodies in the provider's words. */
export interface PresetWords {
  answered(circumstances: Circumstances): Record<string, string>;
  refused(circumstances: Circumstances): ErrorReply;
  invalid(violations: readonly Violation[]): ErrorReply;
  wrongKey(given: boolean): ErrorReply;
  unknownModel(id: string): ErrorReply;
  notFound(method: string, path: string): ErrorReply;
  tooLong(model: PresetModel, tokens: number): ErrorReply;
  failed(status: number, message: string): ErrorReply;
  hostFailed(failure: HostFailure, model: PresetModel): ErrorReply;
  models(models: readonly PresetModel[]): unknown;
  key?(windows: readonly WindowState[]): unknown;
}
