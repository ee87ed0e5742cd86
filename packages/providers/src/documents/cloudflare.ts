import type { Evidence, ModelEntryInput, ProviderDocument } from "@laplas/core";

const PRICING: Evidence = {
  source: "https://developers.cloudflare.com/workers-ai/platform/pricing/",
  date: "2026-09-20",
  status: "published",
  goodForDays: 30,
};

/** A model with its price as the page has it: neurons for a million tokens. */
function model(id: string, inputNeurons: number, outputNeurons: number): ModelEntryInput {
  const evidence = `${PRICING.source}, ${PRICING.date}: ${inputNeurons} neurons per million input tokens, ${outputNeurons} output.`;
  const rates = { input: inputNeurons / 1_000_000, output: outputNeurons / 1_000_000, evidence };
  return { id, modality: "chat", rates };
}

/** Cloudflare Workers AI on the plan Workers Free, which stops when the day's neurons are used up. */
export const cloudflareDocument: ProviderDocument = {
  id: "cloudflare",
  title: "Cloudflare Workers AI",
  baseURL: "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1",
  variables: { account: "CLOUDFLARE_ACCOUNT_ID" },
  keyVariable: "CLOUDFLARE_API_TOKEN",
  catalogDate: "2026-09-20",
  models: [
    model("@cf/openai/gpt-oss-120b", 31_818, 68_182),
    model("@cf/openai/gpt-oss-20b", 18_182, 27_273),
    model("@cf/qwen/qwen3-30b-a3b-fp8", 4_625, 30_475),
    model("@cf/zai-org/glm-4.7-flash", 5_500, 36_400),
    model("@cf/ibm-granite/granite-4.0-h-micro", 1_542, 10_158),
    model("@cf/meta/llama-3.3-70b-instruct-fp8-fast", 26_668, 204_805),
    model("@cf/meta/llama-3.1-8b-instruct-fp8", 13_778, 26_128),
  ],
  unit: { name: "neurons", field: "credits" },
  // The highest prices of the page's chat models: a model without an entry costs no more than was expected.
  unknownRates: { chat: { input: 0.13, output: 0.45 }, embedding: { input: 0.02, output: 0 }, image: 500 },
  // Answers report model tokens and no neurons: they are charged at the model's rates.
  costPaths: [],
  tiers: [
    {
      name: "free",
      title: "Workers AI on Workers Free",
      rules: [
        {
          id: "neurons_a_day",
          kind: "window",
          meter: "credits",
          limit: 10_000,
          period: { type: "day", zone: "UTC" },
          evidence: PRICING,
        },
        {
          id: "requests_a_minute",
          kind: "window",
          meter: "requests",
          limit: 300,
          period: { type: "rolling", spanMs: 60_000 },
          evidence: {
            source:
              "https://developers.cloudflare.com/workers-ai/platform/limits/: 300 for text generation, with other figures for some models. It does not say how the minute begins: any 60 seconds is the strictest reading",
            date: "2026-09-17",
            status: "published",
            goodForDays: 30,
          },
        },
      ],
    },
  ],
  signals: {
    failures: [
      // Code 5007 of https://developers.cloudflare.com/workers-ai/platform/errors/: the model has gone, or never was.
      { status: [400, 404], pattern: "no such model|model not found", kind: "model_off" },
      { status: 429, pattern: "daily free allocation", kind: "quota", meter: "credits", period: "day" },
      { status: 429, pattern: "capacity|more data centers", kind: "unavailable" },
      // A bare one is for the minute and for the day alike: nothing is sent for a minute, and then one request finds out.
      { status: 429, kind: "quota", meter: "requests", period: "minute" },
    ],
    errorShapes: [["errors.code", "errors.message"]],
  },
  terms: {
    training: { value: "unknown", source: "not checked", date: "2026-11-28" },
    production: { value: "unknown", source: "not checked", date: "2026-11-28" },
    severalKeys: {
      value: "unknown",
      note: "neurons are the account's: a second token adds none",
      source: PRICING.source,
      date: PRICING.date,
    },
  },
};
