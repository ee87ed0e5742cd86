import type { Evidence, ProviderDocument } from "@laplas/core";

/** Google took its table down on 2025-12-23: the numbers are shown in AI Studio after login. */
const SEEN_IN_JULY: Evidence = {
  source: "cheahjs/free-llm-api-resources, read from Google's quota API",
  date: "2026-07-18",
  status: "observed",
  goodForDays: 30,
};
const SEEN_IN_A_REFUSAL: Evidence = {
  source: "a 429 body with quotaValue 20, quoted in diegosouzapw/OmniRoute#9504",
  date: "2026-08-01",
  status: "observed",
  goodForDays: 30,
};
const ROLLS: Evidence = {
  ...SEEN_IN_JULY,
  source: `${SEEN_IN_JULY.source}. Sources disagree on how the minute begins: any 60 seconds is the strictest reading`,
};

/** That a prompt has to fit into what is left of its minute's tokens is the strictest reading as well. */
const MINUTE = { type: "rolling", spanMs: 60_000 } as const;
const PACIFIC_DAY = { type: "day", zone: "America/Los_Angeles" } as const;

const FLASH = ["gemini-3.5-flash", "gemini-3-flash*", "gemini-2.5-flash"];
const NEW_LITE = ["gemini-3.1-flash-lite*"];
const OLD_LITE = ["gemini-2.5-flash-lite*"];
const GEMMA = ["gemma-3-*"];

/** Where a refusal names the window: `GenerateRequestsPerDayPerProjectPerModel-FreeTier`. */
const QUOTA_ID = "error.details.violations.quotaId";
/** Right for minutes. Of a day that is used up it says some seconds as well, so days have none. */
const RETRY_DELAY = {
  // Whole seconds in `retryDelay`, with the rest cut off: what is asked again by it is refused once more.
  pattern: "retry in (\\w{1,20}(?:\\.\\d{1,9}s)?)",
  format: "duration",
} as const;

/** Google AI Studio's free tier, at the address in OpenAI's shape. Each project has its limits for each model, whatever the number of keys. */
export const geminiDocument: ProviderDocument = {
  id: "gemini",
  title: "Google Gemini",
  baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
  keyVariable: "GEMINI_API_KEY",
  models: "listed",
  // "Invalid JSON payload received. Unknown name": freellmapi#97 of 2026-05-26, openswarm#24, AstrBot#7572, zed#44875, xsai#177.
  toolShape: {
    // The models from gemini-3 on refuse a call without its signature. Google names a stand-in for calls of other models:
    // https://ai.google.dev/gemini-api/docs/thought-signatures, as used in strands-agents/sdk-python#1298 of 2025-12-05.
    callKeys: { extra_content: { google: { thought_signature: "skip_thought_signature_validator" } } },
    functionKeys: ["name", "description", "parameters"],
    schemaKeysOff: ["$schema", "additionalProperties", "propertyNames", "const", "examples"],
  },
  tiers: [
    {
      name: "free",
      title: "Gemini's free tier",
      rules: [
        // The list has paid models too.
        {
          id: "free_models",
          kind: "allowedModels",
          models: [...FLASH, ...NEW_LITE, ...OLD_LITE, ...GEMMA],
          evidence: SEEN_IN_JULY,
        },
        {
          id: "flash_requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 5,
          period: MINUTE,
          scope: "model",
          models: FLASH,
          evidence: ROLLS,
        },
        {
          id: "flash_requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 20,
          period: PACIFIC_DAY,
          scope: "model",
          models: FLASH,
          evidence: SEEN_IN_A_REFUSAL,
        },
        {
          id: "new_lite_requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 15,
          period: MINUTE,
          scope: "model",
          models: NEW_LITE,
          evidence: ROLLS,
        },
        {
          id: "new_lite_requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 500,
          period: PACIFIC_DAY,
          scope: "model",
          models: NEW_LITE,
          evidence: SEEN_IN_JULY,
        },
        {
          id: "old_lite_requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 10,
          period: MINUTE,
          scope: "model",
          models: OLD_LITE,
          evidence: ROLLS,
        },
        {
          id: "old_lite_requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 20,
          period: PACIFIC_DAY,
          scope: "model",
          models: OLD_LITE,
          evidence: SEEN_IN_JULY,
        },
        {
          id: "input_tokens_a_minute",
          kind: "window",
          meter: "inputTokens",
          limit: 250_000,
          period: MINUTE,
          mustFit: true,
          scope: "model",
          models: [...FLASH, ...NEW_LITE, ...OLD_LITE],
          evidence: ROLLS,
        },
        {
          id: "gemma_requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 30,
          period: MINUTE,
          scope: "model",
          models: GEMMA,
          evidence: ROLLS,
        },
        {
          id: "gemma_requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 14_400,
          period: PACIFIC_DAY,
          scope: "model",
          models: GEMMA,
          evidence: SEEN_IN_JULY,
        },
        {
          id: "gemma_input_tokens_a_minute",
          kind: "window",
          meter: "inputTokens",
          limit: 15_000,
          period: MINUTE,
          mustFit: true,
          scope: "model",
          models: GEMMA,
          evidence: ROLLS,
        },
        // A longer prompt does not fit into any minute.
        { id: "gemma_prompt", kind: "maxInputTokens", limit: 15_000, models: GEMMA, evidence: SEEN_IN_JULY },
      ],
    },
  ],
  signals: {
    failures: [
      { status: 429, pattern: "limit: 0\\b", kind: "model_off" },
      {
        status: 429,
        pattern: "InputTokens\\w{0,40}PerDay",
        kind: "quota",
        meter: "inputTokens",
        period: "day",
        scope: "model",
      },
      { status: 429, pattern: "PerDay", kind: "quota", meter: "requests", period: "day", scope: "model" },
      // Beyond the part of the body that is looked at.
      {
        status: 429,
        path: QUOTA_ID,
        pattern: "PerDay",
        kind: "quota",
        meter: "requests",
        period: "day",
        scope: "model",
      },
      {
        status: 429,
        path: QUOTA_ID,
        pattern: "InputTokens",
        kind: "quota",
        meter: "inputTokens",
        period: "minute",
        scope: "model",
        until: RETRY_DELAY,
      },
      {
        status: 429,
        path: QUOTA_ID,
        pattern: "PerMinute",
        kind: "quota",
        meter: "requests",
        period: "minute",
        scope: "model",
        until: RETRY_DELAY,
      },
      { status: 400, pattern: "api key not valid|API_KEY_INVALID", kind: "authentication" },
    ],
  },
  terms: {
    training: {
      value: "yes",
      note: "not in the European Economic Area, Switzerland and the United Kingdom",
      source: "https://ai.google.dev/gemini-api/terms",
      date: "2026-11-28",
    },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: {
      value: "unknown",
      note: "limits are a project's: more keys of it add nothing",
      source: "https://ai.google.dev/gemini-api/docs/rate-limits",
      date: "2026-08-01",
    },
  },
};
