import type { ChatLaplasCallOptions, Sampling } from "./chat-fields.js";
import { toToolChoice, toTools } from "./tools.js";

/** What of a model's fields goes into its requests. */
export interface RequestDefaults extends Sampling {
  readonly model: string;
  readonly stop?: string[] | undefined;
  readonly modelKwargs?: Record<string, unknown> | undefined;
}

/** The body of a request, but for its messages. */
export interface RequestParameters {
  model: string;
  [field: string]: unknown;
}

/** Makes the body of a request, but for its messages. Options of the call go before fields of the model. */
export function buildRequest(
  defaults: RequestDefaults,
  options: Partial<ChatLaplasCallOptions> = {},
): RequestParameters {
  const stop = options.stop ?? defaults.stop;
  return {
    model: defaults.model,
    ...defined({
      temperature: options.temperature ?? defaults.temperature,
      top_p: options.topP ?? defaults.topP,
      max_tokens: options.maxTokens ?? defaults.maxTokens,
      stop: stop?.length ? stop : undefined,
      // createAgent binds an empty list where it has no tools; upstreams refuse one.
      tools: options.tools?.length ? toTools(options.tools, options.strict) : undefined,
      tool_choice: options.tools?.length && options.tool_choice ? toToolChoice(options.tool_choice) : undefined,
      parallel_tool_calls: options.tools?.length ? options.parallel_tool_calls : undefined,
      response_format: options.response_format,
    }),
    ...defaults.modelKwargs,
    ...options.modelKwargs,
  };
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
