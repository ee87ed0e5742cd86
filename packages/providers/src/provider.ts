import type { ProviderDocument, ProviderSettings } from "@laplas/core";

/** Makes an entry of `createEngine({ providers: [...] })` from the settings that are the user's own: key, tier, address, models. */
export type ProviderFactory = (settings?: Omit<ProviderSettings, "document">) => ProviderSettings;

/**
 * Makes a factory of a document, which may be your own.
 *
 * @example
 * ```ts
 * import acmeDocument from "./acme.json" with { type: "json" };
 * const acme = provider(acmeDocument as ProviderDocument);
 * const engine = createEngine({ providers: [acme({ apiKey: process.env.ACME_API_KEY })] });
 * ```
 */
export function provider(document: ProviderDocument | "laplas"): ProviderFactory {
  return (settings = {}) => ({ document, ...settings });
}
