import { minuteShape } from "./minute-shape.js";
import { mistralFault } from "./mistral-fault.js";
import type { Circumstances, ErrorReply, Preset, PresetModel, WindowRule } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";
import type { Violation } from "./strictness.js";

/*
 * Mistral's free mode. Limits differ per model and stand in the headers alone: these were published from headers of
 * 2026-08-18. A minute is taken to be the calendar's: the gateway in front (Kong) counts so by default. Since autumn 2026 many valid
 * keys have limits of 0.
 */

const rows: readonly (readonly [string, number, number])[] = [
  ["mistral-small-latest", 50, 50_000],
  ["mistral-medium-latest", 50, 25_000],
  ["mistral-large-latest", 4, 250_000],
  ["ministral-8b-latest", 188, 625_000],
  ["codestral-latest", 125, 625_000],
  ["zai-glm-5-2", 0, 0],
];

const tokensMonth = 1_000_000_000;

const root =
  "model messages temperature top_p max_tokens stream stream_options stop random_seed metadata response_format tools tool_choice presence_penalty frequency_penalty n prediction parallel_tool_calls prompt_mode reasoning_effort safe_prompt guardrails prompt_cache_key".split(
    " ",
  );

/** Mistral's free mode. */
export function mistral({ minute = "calendar", limitZero = false }: PresetSettings): Preset {
  const models: readonly PresetModel[] = rows.map(([id, requests, tokens]) => ({
    id,
    contextTokens: 131_072,
    limits: {
      requests_minute: limitZero ? 0 : requests,
      tokens_minute: limitZero ? 0 : tokens,
      tokens_month: tokensMonth,
    },
  }));
  const shape = minuteShape(minute);
  const windows: readonly WindowRule[] = [
    { id: "requests_minute", measure: "requests", scope: "model", shape },
    { id: "tokens_minute", measure: "total", scope: "model", shape },
    {
      id: "tokens_month",
      measure: "total",
      scope: "account",
      shape: { kind: "calendar", unit: "month", timeZone: "UTC" },
    },
  ];
  return {
    name: "mistral",
    base: "/v1",
    routes: { "POST /chat/completions": "chat", "GET /models": "models" },
    models,
    windows,
    alwaysUsage: true,
    defaultMaxTokens: 8192,
    strictness: {
      root,
      messages: {
        system: ["role", "content"],
        user: ["role", "content"],
        assistant: ["role", "content", "tool_calls", "prefix"],
        tool: ["role", "content", "tool_call_id", "name"],
      },
      toolFunction: ["name", "description", "parameters", "strict"],
      streamOptions: [],
      capNames: ["max_tokens"],
      further: mistralFault,
    },
    toolCall: (call) => ({ ...call, id: call.id.slice(-9) }),
    words: {
      answered: (circumstances) => ({ ...minuteHeaders(circumstances), ...queryCost(circumstances) }),
      refused: (circumstances) => ({
        status: 429,
        body: { ...fault("Rate limit exceeded", "rate_limited", "1300"), raw_status_code: 429 },
        headers: minuteHeaders(circumstances),
      }),
      invalid,
      wrongKey: () => ({ status: 401, body: { detail: "Unauthorized" } }),
      unknownModel: (id) => ({
        status: 400,
        body: { ...fault(`Invalid model: ${id}`, "invalid_model", "1500"), raw_status_code: 400 },
      }),
      notFound: () => ({ status: 404, body: { message: "no Route matched with those values" } }),
      tooLong: ({ contextTokens }, tokens) => ({
        status: 400,
        body: fault(
          `Prompt contains ${tokens} tokens, too large for model with ${contextTokens} maximum context length`,
          "invalid_request_prompt",
          "3051",
        ),
      }),
      failed: (status, message) => ({
        status,
        body: fault(message, status < 500 ? "invalid_request" : "internal_server_error", "3000"),
      }),
      hostFailed: () => ({ status: 503, body: fault("Service unavailable.", "unreachable_backend", "1100") }),
      models: (listed) => ({
        object: "list",
        data: listed.map(({ id, contextTokens }) => ({
          id,
          object: "model",
          created: 1_754_407_600,
          owned_by: "mistralai",
          capabilities: { completion_chat: true, function_calling: true, completion_fim: false, vision: false },
          name: id,
          max_context_length: contextTokens,
          aliases: [],
          type: "base",
        })),
      }),
    },
  };
}

/** Of a refusal, the headers of the window that refused; never a reset, never `retry-after`. */
function minuteHeaders({ windows, completionTokens = 0 }: Circumstances): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { rule, limit, used } of windows) {
    const name = { requests_minute: "req-minute", tokens_minute: "tokens-minute" }[rule.id];
    if (name === undefined) continue;
    const pending = rule.measure === "total" ? completionTokens : 0;
    headers[`x-ratelimit-limit-${name}`] = String(limit);
    headers[`x-ratelimit-remaining-${name}`] = String(Math.max(0, limit - used - pending));
  }
  return headers;
}

/** The whole answer's tokens; a stream's headers know only the prompt. */
function queryCost({ promptTokens, completionTokens = 0 }: Circumstances): Record<string, string> {
  return { "x-ratelimit-tokens-query-cost": String(promptTokens + completionTokens) };
}

/** Its schema is pydantic's: 422 with places. What the conversation lacks is a 400 with a code. */
function invalid(violations: readonly Violation[]): ErrorReply {
  const [first] = violations;
  const code = /^(\d{4}) (.*)$/s.exec(first?.message ?? "");
  if (first && code) {
    const type = code[1] === "3280" ? "invalid_function_call" : "invalid_request_message_order";
    return { status: 400, body: { ...fault(code[2] ?? "", type, code[1] ?? ""), raw_status_code: 400 } };
  }
  const detail = violations.map(({ kind, path, message, input, role }) => ({
    type: kind === "unknown" ? "extra_forbidden" : "value_error",
    // Within a message, pydantic names the role that chose the schema.
    loc: ["body", ...path.flatMap((step, at) => (at === 1 && role !== undefined ? [step, role] : [step]))],
    msg: kind === "unknown" ? "Extra inputs are not permitted" : message,
    input: input ?? null,
  }));
  return {
    status: 422,
    body: { object: "error", message: { detail }, type: "invalid_request_error", param: null, code: null },
  };
}

function fault(message: string, type: string, code: string): object {
  return { object: "error", message, type, param: null, code };
}
