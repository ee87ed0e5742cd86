import {
  createLaplas,
  freeTier,
  type Laplas,
  type ProviderDocument,
  paidTier,
  playgroundTier,
  resolveProvider,
  type Terms,
  type Tier,
} from "@laplas/core";
import { documents } from "@laplas/providers";

/** What is known of a provider before anything is configured. Nothing is read of the environment, and nothing sent. */
export interface ProviderFacts {
  readonly id: string;
  readonly title: string;
  readonly baseURL: string;
  /** The variable that usually has its key; `undefined` where it takes none. */
  readonly keyVariable: string | undefined;
  /** Placeholders of its address, each with the variable that usually has its value. */
  readonly variables: Readonly<Record<string, string>>;
  readonly tiers: readonly [Tier, ...Tier[]];
  readonly terms: Terms;
}

/** Those that a configuration can name by their ids, laplas first. */
export function allFacts(): readonly ProviderFacts[] {
  const laplas: ProviderFacts = {
    id: "laplas",
    title: "laplas",
    baseURL: "https://api.apilaplas.com/v1",
    keyVariable: "LAPLAS_API_KEY",
    variables: {},
    tiers: [freeTier, playgroundTier, paidTier],
    terms: termsOfLaplas(),
  };
  return [laplas, ...documents.map(factsOf)];
}

/** @throws InvalidOptionsError */
export function factsOf(document: ProviderDocument): ProviderFacts {
  const { id, title, baseURL, keyVariable, variables = {} } = document;
  // Nothing is called, so the variables of its address need not be set.
  const { tiers, defaultTier, terms } = resolveProvider(document, { baseURL: "https://not-called.invalid" });
  const others = tiers.filter((tier) => tier !== defaultTier);
  return { id, title, baseURL, keyVariable, variables, tiers: [defaultTier, ...others], terms };
}

function termsOfLaplas(): Terms {
  const laplas: Laplas = createLaplas({ apiKey: "none", ledger: "memory", environment: {} });
  const { terms } = laplas.provider;
  void laplas.close();
  return terms;
}
