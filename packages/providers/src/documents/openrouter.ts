import type { Evidence, ProviderDocument } from "@laplas/core";

const LIMITS: Evidence = {
  source: "https://openrouter.ai/docs/api-reference/limits, as read by developersdigest.tech/rate-limits/openrouter",
  date: "2026-10-17",
  status: "published",
  goodForDays: 30,
};
/** The platform's own refusals have it as a header and in the body. */
const RESET = {
  header: "x-ratelimit-reset",
  path: "error.metadata.headers.X-RateLimit-Reset",
  format: "epoch-milliseconds",
} as const;

/** OpenRouter's models that cost nothing: all of them share one count, for all keys of the account. */
export const openrouterDocument: ProviderDocument = {
  id: "openrouter",
  title: "OpenRouter",
  baseURL: "https://openrouter.ai/api/v1",
  keyVariable: "OPENROUTER_API_KEY",
  models: "listed",
  listedPrices: ["pricing.prompt", "pricing.completion", "pricing.request", "pricing.image"],
  tiers: [
    {
      name: "free",
      title: "OpenRouter's free models",
      rules: [
        { id: "free_models", kind: "allowedModels", models: ["*:free"], evidence: LIMITS },
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 20,
          period: { type: "rolling", spanMs: 60_000 },
          countsFailures: true,
          evidence: {
            ...LIMITS,
            source: `${LIMITS.source}. It does not say how the minute begins: any 60 seconds is the strictest reading`,
          },
        },
        {
          id: "requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 50,
          period: { type: "day", zone: "UTC" },
          countsFailures: true,
          evidence: LIMITS,
        },
      ],
    },
    {
      name: "free-with-credits",
      title: "OpenRouter's free models, once 10 credits were bought",
      extends: "free",
      rules: [
        {
          id: "requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 1_000,
          period: { type: "day", zone: "UTC" },
          countsFailures: true,
          evidence: LIMITS,
        },
      ],
    },
  ],
  signals: {
    usageEndpoint: {
      path: "/key",
      windows: [
        {
          meter: "requests",
          period: "day",
          remaining: "data.free_model_daily_requests.remaining",
          limit: "data.free_model_daily_requests.limit",
        },
      ],
    },
    failures: [
      {
        pattern: "free-models-per-day",
        kind: "quota",
        meter: "requests",
        period: "day",
        scope: "account",
        until: RESET,
      },
      {
        pattern: "free-models-per-min",
        kind: "quota",
        meter: "requests",
        period: "minute",
        scope: "account",
        until: RESET,
      },
      // Also for free models, once the balance is below zero.
      { status: 402, kind: "payment" },
      // The model's host refused, and not OpenRouter: it counts, and is no limit of the account.
      { pattern: "provider returned error|rate-limited upstream", kind: "unavailable" },
    ],
  },
  terms: {
    training: {
      value: "yes",
      note: "hosts of free models may train on prompts; the account's privacy settings can exclude them",
      source: "https://openrouter.ai/docs/features/privacy-and-logging",
      date: "2026-10-17",
    },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: {
      value: "unknown",
      note: "further accounts and keys do not change the limits, which are counted globally",
      source: "https://openrouter.ai/docs/api-reference/limits",
      date: "2026-10-17",
    },
  },
};
