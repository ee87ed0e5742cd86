import { canAnswer } from "./calls-left.js";
import { abilitiesOf, type PlayModel } from "./play-card.js";

/** The models that every word of a search fits: name, vendor, alias, what it can do, `free`. Those with nothing left come last. */
export function findPlayModels(models: readonly PlayModel[], search: string): readonly PlayModel[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = models.filter((model) => {
    const { id, label, vendor, aliases, cost_per_call: cost } = model;
    const free = cost === 0 ? ["free"] : [];
    const text = [id, label, vendor, ...aliases, ...abilitiesOf(model), ...free].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...found.filter(canAnswer), ...found.filter((model) => !canAnswer(model))];
}
