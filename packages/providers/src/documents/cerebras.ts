import type { Evidence, ModelEntryInput, ProviderDocument } from "@laplas/core";

const LIMITS: Evidence = {
  source: "https://inference-docs.cerebras.ai/support/rate-limits, and public audits of it",
  date: "2026-09-03",
  status: "published",
  goodForDays: 30,
};

/** On the trial the context is shorter than the model's own. */
function model(id: string): ModelEntryInput {
  return { id, modality: "chat", contextTokens: 65_536, capabilities: { outputLimitName: "max_completion_tokens" } };
}

/**
 * Cerebras' trial, which needs a payment method: nothing is free without one any more. Its windows refill, and count a request's prompt and
 * longest answer before it runs; without a limit it is counted with the whole context.
 */
export const cerebrasDocument: ProviderDocument = {
  id: "cerebras",
  title: "Cerebras",
  baseURL: "https://api.cerebras.ai/v1",
  keyVariable: "CEREBRAS_API_KEY",
  catalogDate: "2026-09-03",
  models: [model("gpt-oss-120b"), model("gemma-4-31b")],
  tiers: [
    {
      name: "trial",
      title: "Cerebras' trial",
      rules: [
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 5,
          period: { type: "bucket", spanMs: 60_000 },
          scope: "model",
          evidence: LIMITS,
        },
        {
          id: "requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 2_400,
          period: { type: "bucket", spanMs: 86_400_000 },
          scope: "model",
          evidence: { ...LIMITS, source: "headers of answers; the page has no such limit", status: "observed" },
        },
        {
          id: "tokens_a_minute",
          kind: "window",
          meter: "tokens",
          limit: 30_000,
          period: { type: "bucket", spanMs: 60_000 },
          scope: "model",
          hold: "asked",
          evidence: LIMITS,
        },
        {
          id: "tokens_an_hour",
          kind: "window",
          meter: "tokens",
          limit: 1_000_000,
          period: { type: "bucket", spanMs: 3_600_000 },
          scope: "model",
          hold: "asked",
          // No header reports the hour or the day, so nothing would ever give back what an answer did not need.
          refund: true,
          evidence: { ...LIMITS, source: `${LIMITS.source}. That unused tokens come back is assumed` },
        },
        {
          id: "tokens_a_day",
          kind: "window",
          meter: "tokens",
          limit: 1_000_000,
          period: { type: "bucket", spanMs: 86_400_000 },
          scope: "model",
          hold: "asked",
          refund: true,
          evidence: { ...LIMITS, source: `${LIMITS.source}. That unused tokens come back is assumed` },
        },
      ],
    },
  ],
  signals: {
    headers: [
      { name: "x-ratelimit-limit-requests-day", tells: "limit", meter: "requests", period: "day", scope: "model" },
      {
        name: "x-ratelimit-remaining-requests-day",
        tells: "remaining",
        meter: "requests",
        period: "day",
        scope: "model",
      },
      {
        name: "x-ratelimit-reset-requests-day",
        tells: "reset",
        meter: "requests",
        period: "day",
        scope: "model",
        format: "seconds",
      },
      { name: "x-ratelimit-limit-tokens-minute", tells: "limit", meter: "tokens", period: "minute", scope: "model" },
      {
        name: "x-ratelimit-remaining-tokens-minute",
        tells: "remaining",
        meter: "tokens",
        period: "minute",
        scope: "model",
      },
      {
        name: "x-ratelimit-reset-tokens-minute",
        tells: "reset",
        meter: "tokens",
        period: "minute",
        scope: "model",
        format: "seconds",
      },
    ],
    failures: [
      { status: 429, pattern: "tokens per minute", kind: "quota", meter: "tokens", period: "minute", scope: "model" },
      { status: 429, pattern: "tokens per hour", kind: "quota", meter: "tokens", period: "hour", scope: "model" },
      { status: 429, pattern: "tokens per day", kind: "quota", meter: "tokens", period: "day", scope: "model" },
      {
        status: 429,
        pattern: "requests per minute",
        kind: "quota",
        meter: "requests",
        period: "minute",
        scope: "model",
      },
      { status: 429, pattern: "requests per day", kind: "quota", meter: "requests", period: "day", scope: "model" },
      // The queue of all their users is full.
      { status: 429, pattern: "queue_exceeded", kind: "unavailable" },
      { status: 402, kind: "payment" },
    ],
    errorShapes: [["message", "type", "code"]],
  },
  terms: {
    training: { value: "unknown", source: "not checked", date: "2026-11-28" },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: {
      value: "unknown",
      note: "limits are an organization's",
      source: "https://inference-docs.cerebras.ai/support/rate-limits",
      date: "2026-09-03",
    },
  },
};
