import { builtInModels } from "./built-in-models.js";
import { type FoundModel, indexModels, type ModelIndex } from "./index-models.js";
import { mergeModels } from "./merge-models.js";
import type { Model, ModelName } from "./model.js";
import { type ModelEntryInput, maxNameCharacters } from "./model-entry.js";
import { nearestNames } from "./nearest-names.js";
import { findOffTierModel, type OffTierModel } from "./off-tier-models.js";

/** What the catalog knows about a name. */
export type ModelLookup =
  | FoundModel
  | ({ readonly kind: "off-tier" } & OffTierModel)
  | { readonly kind: "unknown"; readonly suggestions: readonly string[] };

/** The models that can be asked for, by name. */
export interface Catalog {
  /** Built-in models first, in the documentation's families, then the user's. */
  readonly models: readonly Model[];
  /** Finds a model by id, alias or label. A name that isn't one gets up to three ids that were perhaps meant. */
  find(name: ModelName): ModelLookup;
}

let builtIn: ModelIndex | undefined;

/**
 * Creates the catalog of the documented models and, if given, models of the user's own. Throws a `TypeError` naming the
 * entry and the field for an entry that doesn't pass the check.
 *
 * @example
 * ```ts
 * const catalog = createCatalog();
 * catalog.find("gpt-4o-mini"); // { kind: "model", id: "gpt-4o-mini", model: { vendor: "OpenAI", ... } }
 * catalog.find("veo2"); // { kind: "off-tier", name: "veo2", modality: "video" }
 * catalog.find("gpt4o-mni"); // { kind: "unknown", suggestions: ["gpt-4o-mini", ...] }
 * ```
 */
export function createCatalog(extra: readonly ModelEntryInput[] = []): Catalog {
  builtIn ??= indexModels(builtInModels);
  const index = extra.length === 0 ? builtIn : indexModels(mergeModels(builtIn.models, extra));
  return { models: index.models, find: (name) => index.byId.get(name) ?? findLoosely(index, name) };
}

/** For what is no exact id: off the hot path, and safe for a name of any length. */
function findLoosely(index: ModelIndex, name: string): ModelLookup {
  if (name.length <= maxNameCharacters) {
    const labelled = index.byLabel.get(name.toLowerCase());
    if (labelled) return labelled;
    const offTier = findOffTierModel(name);
    if (offTier) return { kind: "off-tier", ...offTier };
  }
  return { kind: "unknown", suggestions: suggest(index, name) };
}

/** Labels are compared too, but an id is what gets suggested: it is what can be sent. Of one model's ids, the nearest. */
function suggest({ byId, byLabel }: ModelIndex, name: string): string[] {
  const ids = new Map<Model, string>();
  // Up to nine ids and labels belong to one model: enough is asked for that they don't crowd out the others.
  for (const near of nearestNames(name, [...byId.keys(), ...byLabel.keys()], 20)) {
    const found = byId.get(near) ?? byLabel.get(near);
    if (found && !ids.has(found.model)) ids.set(found.model, found.id);
  }
  return [...ids.values()].slice(0, 3);
}
