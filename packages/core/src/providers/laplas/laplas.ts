import { completeProvider } from "../../provider/complete-provider.js";
import type { Provider, ProviderDocument } from "../../provider/provider.js";
import { builtInModels } from "./built-in-models.js";
import { laplasSignals } from "./laplas-signals.js";
import { API_TOKENS, freeTier, paidTier, playgroundTier } from "./laplas-tiers.js";
import { findOffTierModel, offTierModels } from "./off-tier-models.js";

/** laplas as a provider. Facts of its documentation of 2025-04-16, unless said otherwise. */
export const laplasDocument: ProviderDocument = {
  id: "laplas",
  title: "laplas",
  baseURL: "https://api.apilaplas.com/v1",
  keyVariable: "LAPLAS_API_KEY",
  models: builtInModels,
  catalogDate: "2025-04-16",
  notServed: offTierModels,
  tiers: [freeTier, playgroundTier, paidTier],
  defaultTier: "free",
  unit: API_TOKENS,
  // gpt-4o's rates for a chat model without a published figure: high enough not to be surprised often. For embeddings those of
  // text-embedding-3-large by list price. An image without a published price holds the tier's documented bound on one.
  unknownRates: { chat: { input: 10.5, output: 31.5 }, embedding: { input: 0.3, output: 0 }, image: 512 },
  // Two generations of answers exist: `usage` counts API tokens itself, or, later, `meta.usage` does and `usage` counts model tokens. The
  // first place is that of a gateway of this package.
  costPaths: [
    { path: "usage.api_tokens", usageCounts: "tokens" },
    { path: "meta.usage.credits_used", usageCounts: "tokens" },
    { path: "meta.usage.tokens_used", usageCounts: "tokens" },
    { path: "usage.total_tokens", usageCounts: "cost" },
  ],
  signals: laplasSignals,
  lingerMs: 5_000,
};

/** The first provider, and the one of `createLaplas`. */
export const laplas: Provider = completeProvider(laplasDocument, {
  baseURL: laplasDocument.baseURL,
  models: builtInModels,
  findOffTier: findOffTierModel,
  tiers: [freeTier, playgroundTier, paidTier],
});
