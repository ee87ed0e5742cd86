import type { Evidence, ProviderDocument } from "@laplas/core";

const LIMITS: Evidence = {
  source:
    "https://docs.mistral.ai/deployment/ai-studio/tier, free mode: 1 request a second, 500,000 tokens a minute, 1,000,000,000 a month. Headers were seen to allow 2 to 5 requests a minute, or none.",
  date: "2026-10-11",
  status: "published",
  goodForDays: 30,
};

/** Mistral's free mode. In doubt since September 2026: many keys are valid and have a limit of 0. What headers say beats the page. */
export const mistralDocument: ProviderDocument = {
  id: "mistral",
  title: "Mistral",
  baseURL: "https://api.mistral.ai/v1",
  keyVariable: "MISTRAL_API_KEY",
  models: "listed",
  // "Tool call id was ... but must be a-z, A-Z, 0-9, with a length of 9": sst/opencode#1680, nearai/ironclaw#1241 of 2026-03-16.
  toolShape: { idLength: 9 },
  tiers: [
    {
      name: "free",
      title: "Mistral's free mode",
      rules: [
        {
          id: "requests_a_second",
          kind: "window",
          meter: "requests",
          limit: 1,
          // A tenth more, for requests that are on their way for different times.
          period: { type: "rolling", spanMs: 1_100 },
          // Counted until its end as well, a long answer would keep all others waiting.
          countFrom: "start",
          evidence: { ...LIMITS, source: `${LIMITS.source} That a request counts as it arrives is assumed.` },
        },
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 60,
          period: { type: "rolling", spanMs: 60_000 },
          scope: "model",
          evidence: LIMITS,
        },
        {
          id: "tokens_a_minute",
          kind: "window",
          meter: "tokens",
          limit: 500_000,
          period: { type: "rolling", spanMs: 60_000 },
          scope: "model",
          // Whether a prompt is let in that is more than what is left, nobody says: this is the strictest reading.
          mustFit: true,
          evidence: LIMITS,
        },
        {
          id: "tokens_a_month",
          kind: "window",
          meter: "tokens",
          limit: 1_000_000_000,
          period: { type: "month", zone: "UTC" },
          evidence: { ...LIMITS, source: `${LIMITS.source} That the month is UTC's is assumed.` },
        },
      ],
    },
  ],
  signals: {
    headers: [
      { name: "x-ratelimit-limit-req-minute", tells: "limit", meter: "requests", period: "minute", scope: "model" },
      {
        name: "x-ratelimit-remaining-req-minute",
        tells: "remaining",
        meter: "requests",
        period: "minute",
        scope: "model",
      },
      { name: "x-ratelimit-limit-tokens-minute", tells: "limit", meter: "tokens", period: "minute", scope: "model" },
      {
        name: "x-ratelimit-remaining-tokens-minute",
        tells: "remaining",
        meter: "tokens",
        period: "minute",
        scope: "model",
      },
    ],
    failures: [
      // The key is valid, and has no plan.
      { status: 429, header: "x-ratelimit-limit-req-minute", pattern: "^0$", kind: "model_off" },
      { status: 429, header: "x-ratelimit-limit-tokens-minute", pattern: "^0$", kind: "model_off" },
      {
        status: 429,
        header: "x-ratelimit-remaining-req-minute",
        pattern: "^0$",
        kind: "quota",
        meter: "requests",
        period: "minute",
        scope: "model",
      },
      {
        status: 429,
        header: "x-ratelimit-remaining-tokens-minute",
        pattern: "^0$",
        kind: "quota",
        meter: "tokens",
        period: "minute",
        scope: "model",
      },
      // Without headers it may be any of the windows: all of the model's calls pause.
      { status: 429, kind: "rate", scope: "model" },
    ],
    errorShapes: [["message", "type", "code"]],
  },
  terms: {
    training: {
      value: "yes",
      note: "by default; a switch in the console turns it off",
      source: "https://help.mistral.ai/en/articles/225174",
      date: "2026-10-11",
    },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: {
      value: "unknown",
      note: "limits are an organization's",
      source: "https://docs.mistral.ai/deployment/ai-studio/tier",
      date: "2026-10-11",
    },
  },
};
