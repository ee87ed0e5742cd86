import type { Evidence, ProviderDocument } from "@laplas/core";

const LIMITS: Evidence = {
  source:
    "https://console.groq.com/docs/rate-limits, free plan: 30 requests a minute, 1,000 a day, 8,000 tokens a minute, 200,000 a day for gpt-oss and qwen3. Other models are taken to have the same.",
  date: "2026-09-02",
  status: "published",
  goodForDays: 30,
};
const COMPOUND_LIMITS: Evidence = {
  source: "cheahjs/free-llm-api-resources, read from the headers of answers",
  date: "2026-07-18",
  status: "observed",
  goodForDays: 30,
};
/** `Rate limit reached ... Please try again in 9m38.016s.` */
const TRY_AGAIN = {
  pattern: "try again in (\\w{1,20}(?:\\.\\d{1,9}[a-z]{1,2})?)",
  format: "duration",
} as const;

/**
 * Groq's free plan. Windows refill: in five public refusals the printed wait is (used + requested - limit) / limit of the window. A request
 * counts its prompt and its `max_tokens` before it runs.
 */
export const groqDocument: ProviderDocument = {
  id: "groq",
  title: "Groq",
  baseURL: "https://api.groq.com/openai/v1",
  keyVariable: "GROQ_API_KEY",
  models: "listed",
  tiers: [
    {
      name: "free",
      title: "Groq's free plan",
      rules: [
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 30,
          period: { type: "bucket", spanMs: 60_000 },
          scope: "model",
          evidence: {
            ...LIMITS,
            source: `${LIMITS.source} That the minute refills: a public refusal "Limit 30, Used 30, Requested 1. Please try again in 2s".`,
          },
        },
        {
          id: "requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 1_000,
          period: { type: "bucket", spanMs: 86_400_000 },
          scope: "model",
          models: ["!groq/compound*"],
          evidence: LIMITS,
        },
        {
          id: "tokens_a_minute",
          kind: "window",
          meter: "tokens",
          limit: 8_000,
          period: { type: "bucket", spanMs: 60_000 },
          scope: "model",
          models: ["!groq/compound*"],
          hold: "asked",
          evidence: LIMITS,
        },
        {
          id: "tokens_a_day",
          kind: "window",
          meter: "tokens",
          limit: 200_000,
          period: { type: "bucket", spanMs: 86_400_000 },
          scope: "model",
          models: ["!groq/compound*"],
          hold: "asked",
          // No header reports this window, so nothing would ever give back what an answer did not need.
          refund: true,
          evidence: { ...LIMITS, source: `${LIMITS.source} That unused tokens come back is assumed.` },
        },
        {
          id: "compound_requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 250,
          period: { type: "bucket", spanMs: 86_400_000 },
          scope: "model",
          models: ["groq/compound*"],
          evidence: COMPOUND_LIMITS,
        },
        {
          id: "compound_tokens_a_minute",
          kind: "window",
          meter: "tokens",
          limit: 70_000,
          period: { type: "bucket", spanMs: 60_000 },
          scope: "model",
          models: ["groq/compound*"],
          hold: "asked",
          evidence: COMPOUND_LIMITS,
        },
      ],
    },
  ],
  signals: {
    // "requests" is the day and "tokens" the minute; of the other two windows only refusals speak.
    headers: [
      { name: "x-ratelimit-limit-requests", tells: "limit", meter: "requests", period: "day", scope: "model" },
      { name: "x-ratelimit-remaining-requests", tells: "remaining", meter: "requests", period: "day", scope: "model" },
      {
        name: "x-ratelimit-reset-requests",
        tells: "reset",
        meter: "requests",
        period: "day",
        scope: "model",
        format: "duration",
      },
      { name: "x-ratelimit-limit-tokens", tells: "limit", meter: "tokens", period: "minute", scope: "model" },
      { name: "x-ratelimit-remaining-tokens", tells: "remaining", meter: "tokens", period: "minute", scope: "model" },
      {
        name: "x-ratelimit-reset-tokens",
        tells: "reset",
        meter: "tokens",
        period: "minute",
        scope: "model",
        format: "duration",
      },
    ],
    failures: [
      { status: [413, 429], pattern: "request too large", kind: "request_size" },
      {
        status: 429,
        pattern: "tokens per day",
        kind: "quota",
        meter: "tokens",
        period: "day",
        scope: "model",
        until: TRY_AGAIN,
      },
      {
        status: 429,
        pattern: "tokens per minute",
        kind: "quota",
        meter: "tokens",
        period: "minute",
        scope: "model",
        until: TRY_AGAIN,
      },
      {
        status: 429,
        pattern: "requests per day",
        kind: "quota",
        meter: "requests",
        period: "day",
        scope: "model",
        until: TRY_AGAIN,
      },
      {
        status: 429,
        pattern: "requests per minute",
        kind: "quota",
        meter: "requests",
        period: "minute",
        scope: "model",
        until: TRY_AGAIN,
      },
      { status: [400, 404], pattern: "model_decommissioned", kind: "model_off" },
    ],
  },
  terms: {
    training: { value: "unknown", source: "not checked", date: "2026-11-28" },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: {
      value: "unknown",
      note: "limits are an organization's: a second key adds nothing",
      source: "https://console.groq.com/docs/rate-limits",
      date: "2026-09-02",
    },
  },
};
