import { byCallsLeft, byCost, type CallsLeft } from "./calls-left.js";
import { createSearch } from "./create-search.js";

/** How the list is cut down and ordered. */
export interface ModelFilter {
  readonly search: string;
  readonly kind: string;
  readonly order: string;
}

/** The models that a filter leaves, in its order. */
export function filterModels(models: readonly CallsLeft[], { search, kind, order }: ModelFilter): readonly CallsLeft[] {
  const isFound = createSearch(search);
  const found = models.filter(
    ({ id, label, vendor, aliases, modality }) =>
      (kind === "" || kind === modality) && isFound([id, label, vendor, ...aliases]),
  );
  const byName = (one: CallsLeft, other: CallsLeft): number => one.label.localeCompare(other.label);
  if (order === "name") return found.sort(byName);
  const first = order === "cost" ? byCost : byCallsLeft;
  return found.sort((one, other) => first(one, other) || byName(one, other));
}
