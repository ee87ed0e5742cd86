import type { ToolChoice } from "@langchain/core/language_models/chat_models";
import { type ChatRequest, InvalidOptionsError } from "@laplas/core";
import type { ChatLaplasCallOptions, RequestHints, Sampling } from "./chat-fields.js";
import { checkCallOptions, reasoningEffort } from "./check-fields.js";
import { REQUEST_FIELDS } from "./field-decisions.js";
import { toResponseFormat } from "./response-format.js";
import { toToolChoice, toTools } from "./tools.js";

/** What of a model's fields goes into its requests. */
export interface RequestDefaults extends Omit<Sampling, "reasoning">, RequestHints {
  readonly model: string;
  readonly stop?: string[] | undefined;
  readonly supportsStrictToolCalling?: boolean | undefined;
  readonly modelKwargs?: Record<string, unknown> | undefined;
}

/** The body of a request, but for its messages. */
export interface RequestParameters {
  model: string;
  [field: string]: unknown;
}

/**
 * Makes the body of a request, but for its messages. Options of the call go before fields of the model.
 *
 * @throws InvalidOptionsError naming an option that is not supported
 */
export function buildRequest(
  defaults: RequestDefaults,
  options: Partial<ChatLaplasCallOptions> = {},
): RequestParameters {
  checkCallOptions(options);
  const stop = options.stop ?? defaults.stop;
  const { tools = [], tool_choice: choice = "", strict = defaults.supportsStrictToolCalling } = options;
  const hasTools = tools.length > 0;
  const named = { ...options, reasoningEffort: reasoningEffort(options) };
  const names = Object.keys(REQUEST_FIELDS) as (keyof typeof REQUEST_FIELDS)[];
  return {
    model: defaults.model,
    ...said({
      ...Object.fromEntries(names.map((name) => [REQUEST_FIELDS[name], named[name] ?? defaults[name]])),
      stop: stop?.length ? stop : undefined,
      // createAgent binds an empty list where it has no tools; upstreams refuse one.
      tools: hasTools ? toTools(tools, strict) : undefined,
      tool_choice: demandsTool(choice) || (hasTools && choice !== "") ? toToolChoice(choice) : undefined,
      parallel_tool_calls: hasTools ? options.parallel_tool_calls : undefined,
      response_format: toResponseFormat(options.response_format),
    }),
    ...defaults.modelKwargs,
    ...options.modelKwargs,
  };
}

/** OpenAI's `stream_options`. */
export interface StreamOptions {
  readonly include_usage: boolean;
  readonly include_obfuscation?: boolean | undefined;
}

/** The request for a streamed answer. @throws InvalidOptionsError if `n` asks for more than one */
export function streamedRequest(request: ChatRequest, options: StreamOptions): ChatRequest {
  if (Number(request.n ?? 1) > 1) {
    throw new InvalidOptionsError(
      `Option "n" is "${String(request.n)}", but only one answer can be streamed. Call \`generate\` for several, without streaming.`,
    );
  }
  return { ...request, stream: true, stream_options: { ...options } };
}

/** Without tools such a choice is a mistake, which the upstream reports; any other choice has no effect. */
function demandsTool(choice: ToolChoice): boolean {
  return choice !== "" && choice !== "auto" && choice !== "none";
}

/** Drops what is not set. ChatOpenAI's -1 means no limit. */
function said({ max_tokens: most, ...fields }: Record<string, unknown>): Record<string, unknown> {
  const all = { ...fields, max_tokens: most === -1 ? undefined : most };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
