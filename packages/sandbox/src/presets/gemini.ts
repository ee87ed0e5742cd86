import { geminiFault } from "./gemini-fault.js";
import { geminiWords } from "./gemini-words.js";
import { minuteShape } from "./minute-shape.js";
import type { Preset, PresetModel, WindowRule } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";

/*
 * Gemini's free tier at its OpenAI-compatible endpoint: numbers of July 2026 (a refusal with quotaValue 20 is of
 * 2026-08-01), limits per model, the day from midnight in Los Angeles, tokens of prompts only. No header reports anything.
 */

const timeZone = "America/Los_Angeles";

const flash = { requests_minute: 5, requests_day: 20, input_minute: 250_000 };
const none = { requests_minute: 0, requests_day: 0, input_minute: 0 };

const models: readonly PresetModel[] = [
  ...["gemini-3.5-flash", "gemini-3-flash", "gemini-3-flash-preview", "gemini-2.5-flash"].map((id) => ({
    id,
    contextTokens: 1_048_576,
    limits: flash,
  })),
  {
    id: "gemini-3.1-flash-lite",
    contextTokens: 1_048_576,
    limits: { ...flash, requests_minute: 15, requests_day: 500 },
  },
  { id: "gemini-2.5-flash-lite", contextTokens: 1_048_576, limits: { ...flash, requests_minute: 10 } },
  ...["gemma-3-4b-it", "gemma-3-12b-it", "gemma-3-27b-it"].map((id) => ({
    id,
    contextTokens: 131_072,
    limits: { requests_minute: 30, requests_day: 14_400, input_minute: 15_000 },
    tools: false,
  })),
  ...["gemini-3.1-pro-preview", "gemini-2.5-pro"].map((id) => ({ id, contextTokens: 1_048_576, limits: none })),
];

/** Of the last that was read: `frequency_penalty`, `seed`, `store`, `metadata`, `top_k`, `reasoning` are unknown names. */
const root =
  "messages model max_tokens max_completion_tokens n temperature top_p stop stream stream_options tools tool_choice parallel_tool_calls response_format reasoning_effort modalities audio extra_body".split(
    " ",
  );

const noSchemaKeys =
  "$schema $id $ref $defs definitions additionalProperties patternProperties propertyNames const examples exclusiveMinimum exclusiveMaximum oneOf allOf not".split(
    " ",
  );

/** Gemini's free tier. */
export function gemini({ minute = "calendar", anyToolSchema = false }: PresetSettings): Preset {
  const shape = minuteShape(minute);
  const windows: readonly WindowRule[] = [
    { id: "requests_day", measure: "requests", scope: "model", shape: { kind: "calendar", unit: "day", timeZone } },
    { id: "requests_minute", measure: "requests", scope: "model", shape },
    { id: "input_minute", measure: "input", scope: "model", shape },
  ];
  const any = { system: "any", developer: "any", user: "any", assistant: "any", tool: "any" } as const;
  return {
    name: "gemini",
    base: "/v1beta/openai",
    routes: { "POST /chat/completions": "chat", "GET /models": "models" },
    models,
    windows,
    idPrefix: "models/",
    defaultMaxTokens: 8192,
    strictness: {
      root,
      messages: any,
      toolFunction: ["name", "description", "parameters"],
      ...(anyToolSchema ? {} : { noSchemaKeys }),
      further: geminiFault,
    },
    // Later models sign their calls, and want the signature back with the results.
    toolCall: (call, { id }) =>
      id.startsWith("gemini-3")
        ? { ...call, extra: { extra_content: { google: { thought_signature: `signature-of-${call.id}` } } } }
        : call,
    words: geminiWords,
  };
}
