import type { ProviderDocument } from "@laplas/core";

/** NVIDIA's hosted models, for evaluation. Credits have ended; a rate limit is left, of which no number is published. */
export const nvidiaDocument: ProviderDocument = {
  id: "nvidia",
  title: "NVIDIA NIM",
  baseURL: "https://integrate.api.nvidia.com/v1",
  keyVariable: "NVIDIA_API_KEY",
  models: "listed",
  tiers: [
    {
      name: "trial",
      title: "NVIDIA's trial",
      rules: [
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 40,
          period: { type: "rolling", spanMs: 60_000 },
          evidence: {
            source:
              "NVIDIA's developer relations as quoted in steipete/CodexBar#2498: 40 for the account by default, other figures by model and load",
            date: "2026-08-22",
            status: "assumed",
            goodForDays: 30,
          },
        },
      ],
    },
  ],
  // Nothing but the status.
  signals: { failures: [{ status: 429, kind: "quota", meter: "requests", period: "minute" }] },
  terms: {
    training: { value: "unknown", source: "not checked", date: "2026-11-28" },
    production: {
      value: "no",
      note: "evaluation only",
      source: "https://build.nvidia.com, terms of the trial, as quoted in steipete/CodexBar#2498",
      date: "2026-08-22",
    },
    severalKeys: {
      value: "unknown",
      note: "the limit is the account's",
      source: "steipete/CodexBar#2498",
      date: "2026-08-22",
    },
  },
};
