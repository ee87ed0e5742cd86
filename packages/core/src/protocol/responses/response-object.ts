import { isObject } from "../../dialect/field-values.js";
import type { JsonObject, Usage } from "../../request/wire-types.js";

/** Where a response is. */
export type ResponseStatus = "in_progress" | "completed" | "incomplete" | "failed";

/** What changes while a response is written. */
export interface ResponseState {
  readonly status: ResponseStatus;
  readonly model: unknown;
  readonly output: readonly JsonObject[];
  readonly usage?: Usage | null | undefined;
  readonly error?: { readonly code: string; readonly message: string };
  readonly incompleteReason?: string | undefined;
}

/** One response, whose id and date stay. */
export type WriteResponse = (state: ResponseState) => JsonObject;

/**
 * The object that an answer is, and that the first and the last event of a stream hold. It repeats the request, as OpenAI's does. Fields as
 * in `Response` of openai js 7.57 (29 November 2026).
 *
 * @param createdAt seconds since 1970
 */
export function createResponse(asked: JsonObject, id: string, createdAt: number): WriteResponse {
  const { text, reasoning } = asked;
  const head = { id, object: "response", created_at: createdAt };
  const repeated = {
    background: false,
    instructions: asked.instructions ?? null,
    max_output_tokens: asked.max_output_tokens ?? null,
    metadata: asked.metadata ?? {},
    parallel_tool_calls: asked.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: asked.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...(isObject(reasoning) ? reasoning : {}) },
    safety_identifier: asked.safety_identifier ?? null,
    service_tier: "default",
    store: asked.store ?? true,
    temperature: asked.temperature ?? null,
    text: { ...(isObject(text) ? text : {}), format: (isObject(text) ? text.format : undefined) ?? { type: "text" } },
    tool_choice: asked.tool_choice ?? "auto",
    tools: asked.tools ?? [],
    top_logprobs: 0,
    top_p: asked.top_p ?? null,
    truncation: "disabled",
    ...(typeof asked.user === "string" ? { user: asked.user } : {}),
  };
  return ({ status, model, output, usage, error, incompleteReason }) => ({
    ...head,
    status,
    error: error ?? null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    model,
    output,
    ...(usage ? { usage: toResponseUsage(usage) } : { usage: null }),
    ...repeated,
  });
}

/** All five numbers: Codex takes an answer for a failed one where a detail or the total is missing (November 2026). */
function toResponseUsage(usage: Usage): JsonObject {
  const {
    prompt_tokens: input = 0,
    completion_tokens: output = 0,
    total_tokens: total = input + output,
    prompt_tokens_details: inputDetails,
    completion_tokens_details: outputDetails,
    ...others
  } = usage;
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: countIn(inputDetails, "cached_tokens"), cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: countIn(outputDetails, "reasoning_tokens") },
    total_tokens: total,
    ...others,
  };
}

function countIn(details: unknown, field: string): number {
  const count = isObject(details) ? details[field] : undefined;
  return typeof count === "number" ? count : 0;
}

/** Why an answer is no longer, in the words of Responses; `undefined` for one that is whole. */
export function incompleteReason(finishReason: string | null | undefined): string | undefined {
  if (finishReason === "length") return "max_output_tokens";
  return finishReason === "content_filter" ? "content_filter" : undefined;
}
