import { geminiFault } from "./gemini-fault.js";
import { goDuration } from "./go-duration.js";
import { minuteShape } from "./minute-shape.js";
import type { Circumstances, ErrorReply, Preset, PresetModel, WindowRule, WindowState } from "./preset.js";
import type { PresetSettings } from "./preset-settings.js";
import type { Violation } from "./strictness.js";

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

/** What Google says of each window in a refusal. */
const quotas: Readonly<Record<string, { metric: string; id: string }>> = {
  requests_minute: { metric: "requests", id: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier" },
  requests_day: { metric: "requests", id: "GenerateRequestsPerDayPerProjectPerModel-FreeTier" },
  input_minute: { metric: "input_token_count", id: "GenerateContentInputTokensPerModelPerMinute-FreeTier" },
};

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
    words: {
      answered: () => ({}),
      refused,
      invalid,
      wrongKey: (given) =>
        given
          ? fault(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", [
              {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                reason: "API_KEY_INVALID",
                domain: "googleapis.com",
                metadata: { service: "generativelanguage.googleapis.com" },
              },
            ])
          : fault(401, "Missing or invalid Authorization header.", "UNAUTHENTICATED"),
      unknownModel: (id) =>
        fault(
          404,
          `models/${id} is not found for API version v1main, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
          "NOT_FOUND",
        ),
      notFound: () => fault(404, "Requested entity was not found.", "NOT_FOUND"),
      tooLong: (model, tokens) =>
        fault(
          400,
          `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${model.contextTokens}).`,
          "INVALID_ARGUMENT",
        ),
      failed: (status, message) => fault(status, message, status === 503 ? "UNAVAILABLE" : "INTERNAL"),
      hostFailed: () => fault(503, "The model is overloaded. Please try again later.", "UNAVAILABLE"),
      models: (listed) => ({
        object: "list",
        data: listed.map(({ id }) => ({ id: `models/${id}`, object: "model", owned_by: "google", display_name: id })),
      }),
    },
  };
}

/** All windows that refuse, and a delay that is short also where the day is used up. */
function refused({ model, windows }: Circumstances): ErrorReply {
  const states = windows.some(({ limit }) => limit === 0) ? windows.filter(({ limit }) => limit === 0) : windows;
  const delayMs = retryMs(states);
  const metrics = states.map(
    ({ rule, limit }) =>
      `* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_${quotas[rule.id]?.metric}, limit: ${limit}, model: ${model.id}`,
  );
  const message = [
    "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. To monitor your current usage, head to: https://ai.dev/rate-limit. ",
    ...metrics,
    `Please retry in ${goDuration(delayMs)}.`,
  ].join("\n");
  return fault(429, message, "RESOURCE_EXHAUSTED", [
    {
      "@type": "type.googleapis.com/google.rpc.Help",
      links: [
        { description: "Learn more about Gemini API quotas", url: "https://ai.google.dev/gemini-api/docs/rate-limits" },
      ],
    },
    {
      "@type": "type.googleapis.com/google.rpc.QuotaFailure",
      violations: states.map(({ rule, limit }) => ({
        quotaMetric: `generativelanguage.googleapis.com/generate_content_free_tier_${quotas[rule.id]?.metric}`,
        quotaId: quotas[rule.id]?.id,
        quotaDimensions: { location: "global", model: model.id },
        // A limit of 0 is protobuf's default, which its JSON leaves out.
        ...(limit === 0 ? {} : { quotaValue: String(limit) }),
      })),
    },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: `${Math.floor(delayMs / 1000)}s` },
  ]);
}

/** A real wait for minutes; 36 s, as was seen, where no wait of that kind helps. */
function retryMs(states: readonly WindowState[]): number {
  const longest = Math.max(...states.map(({ waitMs }) => waitMs));
  return longest > 60_000 ? 36_429.760048 : longest;
}

function invalid(violations: readonly Violation[]): ErrorReply {
  const texts = violations.map(({ kind, path, message }) => {
    if (kind === "invalid") return message;
    const place = path.length === 1 ? "" : ` at '${placeOf(path.slice(0, -1))}'`;
    return `Invalid JSON payload received. Unknown name "${path.at(-1)}"${place}: Cannot find field.`;
  });
  return fault(400, texts.join("\n"), "INVALID_ARGUMENT", [
    {
      "@type": "type.googleapis.com/google.rpc.BadRequest",
      fieldViolations: texts.map((description) => ({ description })),
    },
  ]);
}

function placeOf(path: readonly (string | number)[]): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** The endpoint wraps its errors in an array. */
function fault(code: number, message: string, status: string, details?: readonly object[]): ErrorReply {
  return { status: code, body: [{ error: { code, message, status, ...(details ? { details } : {}) } }] };
}
