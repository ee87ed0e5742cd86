import { canAnswer } from "./calls-left.js";
import { createSearch } from "./create-search.js";
import { abilitiesOf, type PlayModel } from "./play-card.js";

/** The models that every word of a search fits: name, vendor, alias, what it can do, `free`. One with just this name comes first, those with nothing left last. */
export function findPlayModels(models: readonly PlayModel[], search: string): readonly PlayModel[] {
  const isFound = createSearch(search);
  const found = models.filter((model) => {
    const { id, label, vendor, aliases, cost_per_call: cost } = model;
    const free = cost === 0 ? ["free"] : [];
    return isFound([id, label, vendor, ...aliases, ...abilitiesOf(model), ...free]);
  });
  const named = search.trim().toLowerCase();
  const isNamed = ({ id, aliases }: PlayModel): boolean =>
    [id, ...aliases].some((name) => name.toLowerCase() === named);
  const rankOf = (model: PlayModel): number => (isNamed(model) ? 0 : canAnswer(model) ? 1 : 2);
  return found.sort((one, other) => rankOf(one) - rankOf(other));
}
