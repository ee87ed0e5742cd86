import { minuteShape } from "./minute-shape.js";
import { mistralFault } from "./mistral-fault.js";
import { mistralWords } from "./mistral-words.js";
import type { Preset, PresetModel, WindowRule } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";

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
    words: mistralWords,
  };
}
