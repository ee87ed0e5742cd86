import type { Evidence, ProviderDocument } from "@laplas/core";

const LIMITS: Evidence = {
  source:
    "https://docs.sambanova.ai/docs/en/models/rate-limits, as read by cuihuan/awesome-ai-gateway. Another list has credits of 5 USD for three months instead",
  date: "2026-08-31",
  status: "published",
  goodForDays: 30,
};

/** SambaNova's free tier. Whether models have counts of their own is not known: one for all is the strictest reading. */
export const sambanovaDocument: ProviderDocument = {
  id: "sambanova",
  title: "SambaNova",
  baseURL: "https://api.sambanova.ai/v1",
  keyVariable: "SAMBANOVA_API_KEY",
  models: "listed",
  tiers: [
    {
      name: "free",
      title: "SambaNova's free tier",
      rules: [
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 20,
          period: { type: "rolling", spanMs: 60_000 },
          evidence: LIMITS,
        },
        {
          id: "requests_a_day",
          kind: "window",
          meter: "requests",
          limit: 20,
          period: { type: "rolling", spanMs: 86_400_000 },
          evidence: { ...LIMITS, source: `${LIMITS.source}. That any 24 hours count is assumed` },
        },
        {
          id: "tokens_a_day",
          kind: "window",
          meter: "tokens",
          limit: 200_000,
          period: { type: "rolling", spanMs: 86_400_000 },
          evidence: { ...LIMITS, source: `${LIMITS.source}. That any 24 hours count is assumed` },
        },
      ],
    },
  ],
  signals: {
    failures: [
      { status: 402, kind: "payment" },
      // Which window is meant is not known: nothing is sent for a minute, and then one request finds out.
      { status: 429, kind: "quota", meter: "requests", period: "minute" },
    ],
  },
  terms: {
    training: { value: "unknown", source: "not checked", date: "2026-11-28" },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: { value: "unknown", source: "not checked", date: "2026-11-28" },
  },
};
