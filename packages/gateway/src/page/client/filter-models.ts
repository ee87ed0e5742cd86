import { type CallsLeft, leftNumber } from "./calls-left.js";

/** How the list is cut down and ordered. */
export interface ModelFilter {
  readonly search: string;
  readonly kind: string;
  readonly order: string;
}

/** The models that a filter leaves, in its order. */
export function filterModels(models: readonly CallsLeft[], { search, kind, order }: ModelFilter): readonly CallsLeft[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = models.filter(({ id, label, vendor, aliases, modality }) => {
    const text = [id, label, vendor, ...aliases].join(" ").toLowerCase();
    return (kind === "" || kind === modality) && words.every((word) => text.includes(word));
  });
  const byName = (one: CallsLeft, other: CallsLeft): number => one.label.localeCompare(other.label);
  const costOf = ({ cost_per_call: cost }: CallsLeft): number => cost ?? Number.POSITIVE_INFINITY;
  if (order === "name") return found.sort(byName);
  if (order === "cost") return found.sort((one, other) => compare(costOf(one), costOf(other)) || byName(one, other));
  return found.sort((one, other) => compare(leftNumber(other), leftNumber(one)) || byName(one, other));
}

/** Infinity less Infinity is no number. */
function compare(one: number, other: number): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
