import type { FindOffTier } from "../catalog/create-catalog.js";
import type { Model } from "../catalog/model.js";
import { TOKEN_UNIT } from "../cost/meter.js";
import type { Tier } from "../tier/tier.js";
import type { CostPath, Provider, ProviderDocument, ProviderPaths, UnknownRates } from "./provider.js";

const OPENAI_PATHS: ProviderPaths = {
  chat: "/chat/completions",
  embedding: "/embeddings",
  image: "/images/generations",
  models: "/models",
};
/** One for each model token, the unit of providers that name none. */
const TOKEN_RATES: UnknownRates = { chat: { input: 1, output: 1 }, embedding: { input: 1, output: 0 }, image: 1 };
const TOKEN_PATHS: readonly CostPath[] = [{ path: "usage.total_tokens", usageCounts: "tokens" }];
const OPENAI_ERROR: readonly string[] = ["error.message"];
const LINGER_MS = 5_000;

/** The parts of a document that are made of more than its own fields. */
export interface ResolvedParts {
  readonly baseURL: string;
  readonly models: readonly Model[] | undefined;
  readonly findOffTier: FindOffTier;
  readonly tiers: readonly [Tier, ...Tier[]];
}

/** Fills in what a document leaves out. */
export function completeProvider(document: ProviderDocument, parts: ResolvedParts): Provider {
  const { id, title, keyVariable, defaultTier, signals = {} } = document;
  const { tiers } = parts;
  return {
    ...parts,
    id,
    title,
    keyVariable,
    catalogDate: document.catalogDate,
    listedPrices: document.listedPrices ?? [],
    // The engine's own are in lower case: of two that differ in that alone both would be sent.
    headers: Object.fromEntries(
      Object.entries(document.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    ),
    paths: { ...OPENAI_PATHS, ...document.paths },
    defaultTier: tiers.find(({ name }) => name === defaultTier) ?? tiers[0],
    unit: document.unit ?? TOKEN_UNIT,
    unknownRates: document.unknownRates ?? TOKEN_RATES,
    costPaths: document.costPaths ?? TOKEN_PATHS,
    toolShape: document.toolShape,
    fieldsTaken: document.fieldsTaken,
    messageKeysOff: document.messageKeysOff ?? [],
    signals: {
      failures: signals.failures ?? [],
      headers: signals.headers ?? [],
      errorShapes: [OPENAI_ERROR, ...(signals.errorShapes ?? [])],
      billingPattern: signals.billingPattern,
      usageEndpoint: signals.usageEndpoint,
    },
    lingerMs: document.lingerMs ?? LINGER_MS,
    terms: document.terms ?? {},
  };
}
