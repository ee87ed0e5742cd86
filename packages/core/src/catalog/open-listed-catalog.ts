import type { LedgerOption } from "../ledger/open-ledger.js";
import type { Provider } from "../provider/provider.js";
import type { Catalog } from "./create-catalog.js";
import { createListedCatalog } from "./listed-models.js";
import type { ModelEntryInput } from "./model-entry.js";
import { modelListFile } from "./model-list-file.js";

/** What of an engine's options its provider's list is asked for with. */
export interface OpenListedCatalogOptions {
  readonly provider: Provider;
  readonly apiKey: string;
  readonly baseURL: string;
  readonly extra: readonly ModelEntryInput[];
  readonly ledger: LedgerOption;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly now: (() => number) | undefined;
}

/** The catalog of a provider that lists its models. Nothing is asked before the first call. @throws TypeError */
export function openListedCatalog(options: OpenListedCatalogOptions): Catalog {
  const { provider, apiKey, baseURL, extra, ledger, environment, now = Date.now } = options;
  const { id: providerId, title, paths, headers, listedPrices: prices, findOffTier } = provider;
  return createListedCatalog({
    title,
    request: {
      baseURL,
      path: paths.models,
      apiKey,
      headers,
      prices,
      // Looked up with each request, because programs replace the global.
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    },
    // A user who keeps the account in memory wants nothing written.
    file:
      ledger === "memory" ? undefined : modelListFile({ providerId, url: baseURL + paths.models, prices, environment }),
    extra,
    findOffTier,
    now,
  });
}
