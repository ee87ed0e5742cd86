import { groqWords } from "./groq-words.js";
import type { Preset, PresetModel, WindowRule } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";
import type { CheckedBody, Violation } from "./strictness.js";

/*
 * Groq's free plan as its page had it on 2026-09-02. That all four windows are buckets follows from published refusals (in 6 of 6
 * the wait is (used + requested - limit) / limit x window, among them a minute of requests: "Limit 30, Used 30, Requested
 * 1. Please try again in 2s") and from `x-ratelimit-reset-requests`, 1m26.4s after one of 1000 requests of a day.
 */

const minute = { kind: "bucket", spanMs: 60_000 } as const;
const day = { kind: "bucket", spanMs: 86_400_000 } as const;

const windows: readonly WindowRule[] = [
  { id: "requests_minute", measure: "requests", scope: "model", shape: minute },
  { id: "requests_day", measure: "requests", scope: "model", shape: day },
  { id: "tokens_minute", measure: "requested", scope: "model", shape: minute },
  { id: "tokens_day", measure: "requested", scope: "model", shape: day },
];

const usual = { requests_minute: 30, requests_day: 1000, tokens_minute: 8000, tokens_day: 200_000 };
const compound = { requests_minute: 30, requests_day: 250, tokens_minute: 70_000 };

const models: readonly PresetModel[] = [
  ...[
    "openai/gpt-oss-120b",
    "openai/gpt-oss-20b",
    "openai/gpt-oss-safeguard-20b",
    "qwen/qwen3.6-27b",
    "qwen/qwen3.8-27b",
  ].map((id) => ({ id, contextTokens: 131_072, limits: usual })),
  ...["groq/compound", "groq/compound-mini"].map((id) => ({
    id,
    contextTokens: 131_072,
    limits: compound,
    tools: false,
  })),
];

/** The root keys of the API reference but those that it says are answered with a 400: `logprobs`, `logit_bias`, `top_logprobs`. */
const root =
  "messages model citation_options compound_custom disable_tool_validation documents exclude_domains frequency_penalty include_domains include_reasoning max_completion_tokens max_tokens metadata n parallel_tool_calls presence_penalty reasoning_effort reasoning_format response_format search_settings seed service_tier stop store stream stream_options temperature tool_choice tools top_p user".split(
    " ",
  );

/** Groq's free plan. */
export function groq({ refund = false }: PresetSettings): Preset {
  return {
    name: "groq",
    base: "/openai/v1",
    routes: { "POST /chat/completions": "chat", "GET /models": "models" },
    models,
    windows,
    refund,
    defaultMaxTokens: 1024,
    answerFields: { x_groq: { id: "req_sandbox" } },
    strictness: {
      root,
      messages: {
        system: ["role", "content"],
        developer: ["role", "content"],
        user: ["role", "content"],
        assistant: ["role", "content", "tool_calls", "reasoning"],
        tool: ["role", "content", "tool_call_id"],
      },
      toolFunction: ["name", "description", "parameters", "strict"],
      further: furtherFault,
    },
    words: groqWords,
  };
}

/** One choice; JSON mode wants the word in a message and no tools. */
function furtherFault(body: CheckedBody, model: PresetModel): Violation | undefined {
  const invalid = (path: string, message: string): Violation => ({ kind: "invalid", path: [path], message });
  if (typeof body.n === "number" && body.n > 1) return invalid("n", "number must be at most 1");
  const offersTools = Array.isArray(body.tools) && body.tools.length > 0;
  if (offersTools && model.tools === false) {
    return invalid("tools", `tool calling is not supported with this model`);
  }
  const format = body.response_format as { type?: string } | undefined;
  if (format?.type !== "json_object") return undefined;
  if (offersTools) return invalid("response_format", "json mode cannot be combined with tool/function calling");
  if (/json/i.test(JSON.stringify(body.messages))) return undefined;
  return invalid(
    "messages",
    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
  );
}
