import { goDuration } from "./go-duration.js";
import type { Circumstances, ErrorReply, Preset, PresetModel, WindowRule, WindowState } from "./preset.js";
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

const names: Readonly<Record<string, { text: string; type: string }>> = {
  requests_minute: { text: "requests per minute (RPM)", type: "requests" },
  requests_day: { text: "requests per day (RPD)", type: "requests" },
  tokens_minute: { text: "tokens per minute (TPM)", type: "tokens" },
  tokens_day: { text: "tokens per day (TPD)", type: "tokens" },
};

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
    words: {
      answered: rateHeaders,
      refused,
      invalid: (violations) => fault(400, validationText(violations[0]), "invalid_request_error"),
      wrongKey: () => fault(401, "Invalid API Key", "invalid_request_error", "invalid_api_key"),
      unknownModel: (id) =>
        fault(
          404,
          `The model \`${id}\` does not exist or you do not have access to it.`,
          "invalid_request_error",
          "model_not_found",
        ),
      notFound: (method, path) =>
        fault(
          404,
          `Unknown request URL: ${method} ${path}. Please check the URL for typos, or see the docs at https://console.groq.com/docs/`,
          "invalid_request_error",
          "unknown_url",
        ),
      tooLong: () =>
        fault(
          400,
          "Please reduce the length of the messages or completion.",
          "invalid_request_error",
          "context_length_exceeded",
        ),
      failed: (status, message) =>
        fault(status, message, status < 500 ? "invalid_request_error" : "internal_server_error"),
      hostFailed: () => fault(503, "Service Unavailable", "internal_server_error"),
      models: (listed) => ({
        object: "list",
        data: listed.map(({ id, contextTokens }) => ({
          id,
          object: "model",
          created: 1_754_407_600,
          owned_by: id.split("/")[0],
          active: true,
          context_window: contextTokens,
          public_apps: null,
          max_completion_tokens: 32_768,
        })),
      }),
    },
  };
}

/** The `-requests` headers are the day's, the `-tokens` headers the minute's; nothing reports the other two windows. */
function rateHeaders({ windows: states }: Circumstances): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, id] of [
    ["requests", "requests_day"],
    ["tokens", "tokens_minute"],
  ] as const) {
    const state = states.find(({ rule }) => rule.id === id);
    if (!state) continue;
    headers[`x-ratelimit-limit-${name}`] = String(state.limit);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.max(0, state.limit - Math.ceil(state.used - 1e-6)));
    headers[`x-ratelimit-reset-${name}`] = goDuration(state.resetMs);
  }
  return headers;
}

/** Refuses by the window that never fits, else by the first that does not. `retry-after` comes with both, also where no wait helps. */
function refused(circumstances: Circumstances): ErrorReply {
  const { windows: states, model } = circumstances;
  const never = states.find(({ needed, limit }) => needed > limit);
  const [first] = states;
  const state = never ?? first;
  if (!state) return fault(429, "Rate limit reached", "tokens", "rate_limit_exceeded");
  const { text, type } = names[state.rule.id] ?? { text: state.rule.id, type: "tokens" };
  const used = Math.ceil(state.used - 1e-6);
  const waitMs = waitOf(state, used);
  const place = `model \`${model.id}\` in organization \`org_sandbox\` service tier \`on_demand\` on ${text}: Limit ${state.limit}`;
  const message = never
    ? `Request too large for ${place}, Requested ${state.needed}, please reduce your message size and try again. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing`
    : `Rate limit reached for ${place}, Used ${used}, Requested ${state.needed}. Please try again in ${goDuration(waitMs)}. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing`;
  return {
    ...fault(never ? 413 : 429, message, type, "rate_limit_exceeded"),
    headers: { "retry-after": String(Math.max(1, Math.ceil(waitMs / 1000))) },
  };
}

function waitOf({ rule, limit, needed }: WindowState, used: number): number {
  const spanMs = rule.shape.kind === "bucket" ? rule.shape.spanMs : 60_000;
  return limit === 0 ? spanMs : ((used + needed - limit) / limit) * spanMs;
}

function fault(status: number, message: string, type: string, code?: string): ErrorReply {
  return { status, body: { error: { message, type, ...(code === undefined ? {} : { code }) } } };
}

function validationText(violation: Violation | undefined): string {
  if (!violation) return "invalid request";
  const { kind, path, role, message } = violation;
  if (kind === "invalid") return path.length === 0 ? message : `'${path.join(".")}' : ${message}`;
  const key = String(path.at(-1));
  if (path.length === 1) return `property '${key}' is unsupported`;
  const place = `'${path.slice(0, -1).join(".")}'`;
  const problem = `${place} : property '${key}' is unsupported`;
  return role === undefined ? problem : `${place} : for 'role:${role}' the following must be satisfied[(${problem})]`;
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
