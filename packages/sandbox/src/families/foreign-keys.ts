import { invalidBody, type Refusal } from "../tier/refusal.js";

/**
 * Every root key that some chat schema of 2025-04-16 knows and that changes an answer, with OpenAI's legacy `functions`.
 * Keys that change none (`user`, `store`, `metadata`, `prediction`) are not here: the open roots overlook them.
 */
const answerKeys = [
  "audio",
  "echo",
  "frequency_penalty",
  "function_call",
  "functions",
  "logit_bias",
  "logprobs",
  "mask_sensitive_info",
  "max_completion_tokens",
  "min_p",
  "modalities",
  "n",
  "parallel_tool_calls",
  "presence_penalty",
  "reasoning",
  "reasoning_effort",
  "repetition_penalty",
  "response_format",
  "seed",
  "stop",
  "stop_sequences",
  "stream_options",
  "system",
  "thinking",
  "top_a",
  "top_k",
  "top_logprobs",
  "web_search_options",
] as const;

/**
 * Refuses a key that another family has and this one lacks. The published roots are open, so the upstream may well ignore
 * it; the sandbox refuses it, because what is ignored (a cap, a format, a stop text) does not do what was asked.
 */
export function foreignKeyFault(body: object, own: object): Refusal | undefined {
  const given: Record<string, unknown> = { ...body };
  const key = answerKeys.find((name) => !(name in own) && given[name] !== undefined);
  return key === undefined ? undefined : invalidBody(`${key}: not supported by this model`);
}
