import type { Catalog, ModelLookup } from "./create-catalog.js";

/**
 * A catalog without models that have a price: neither an entry of the user's nor `unknownModels: "send"` makes one free.
 *
 * @param priced names in lower case: servers may take any case of letters
 */
export function withoutPriced(catalog: Catalog, priced: readonly string[]): Catalog {
  if (priced.length === 0) return catalog;
  const names = new Set(priced);
  const isPriced = (name: string): boolean => names.has(name.toLowerCase());
  return {
    ...catalog,
    models: catalog.models.filter(({ id }) => !isPriced(id)),
    find(name): ModelLookup {
      const found = catalog.find(name);
      const id = found.kind === "model" ? found.id : name;
      return isPriced(id) ? { kind: "off-tier", name: id, modality: "paid" } : found;
    },
  };
}
