import { type FoundModel, indexModels, type ModelIndex } from "./index-models.js";
import type { Model, ModelName } from "./model.js";
import { maxNameCharacters } from "./model-entry.js";
import { nearestNames } from "./nearest-names.js";

/** A model known by name, and known not to be offered. */
export interface OffTierModel {
  /** The documented id, however the caller spelled it. */
  readonly name: string;
  /** What it makes: `video`, `music`, ... */
  readonly modality: string;
}

/** What the catalog knows about a name. */
export type ModelLookup =
  | FoundModel
  | ({ readonly kind: "off-tier" } & OffTierModel)
  | {
      readonly kind: "unknown";
      readonly suggestions: readonly string[];
      /** Set while the provider's list could not be had: nobody knows better, so the name is sent as it is. */
      readonly unlisted?: true;
    };

/** The models that can be asked for, by name. */
export interface Catalog {
  /** The provider's models first, in its own order, then the user's. */
  readonly models: readonly Model[];
  /** Finds a model by id, alias or label. A name that isn't one gets up to three ids that were perhaps meant. */
  find(name: ModelName): ModelLookup;
  /**
   * Resolves once the provider's list is there, or can't be had for now, after a few seconds at most; never rejects. Asked before each
   * call. Absent where the models are known from the start.
   *
   * @param warn hears why a list could not be had
   */
  readonly ready?: (warn?: (message: string) => void) => Promise<void>;
  /** Takes the list that an earlier program has kept, if there is one. Sends no request. */
  readonly recall?: () => Promise<void>;
  /** Gives up what is being fetched: nothing holds the program any more. */
  readonly close?: () => void;
}

/** Knows a provider's models that cannot be called, by their names. */
export type FindOffTier = (name: string) => OffTierModel | undefined;

/** Makes a catalog of models. Their names are indexed with the first use. */
export function catalogOf(models: readonly Model[], findOffTier: FindOffTier = () => undefined): Catalog {
  let index: ModelIndex | undefined;
  return {
    models,
    find(name) {
      index ??= indexModels(models);
      return index.byId.get(name) ?? findLoosely(index, name, findOffTier);
    },
  };
}

/** For what is no exact id: off the hot path, and safe for a name of any length. */
function findLoosely(index: ModelIndex, name: string, findOffTier: FindOffTier): ModelLookup {
  if (name.length <= maxNameCharacters) {
    const labelled = index.byLabel.get(name.toLowerCase());
    if (labelled) return labelled;
    const offTier = findOffTier(name);
    if (offTier) return { kind: "off-tier", ...offTier };
  }
  // With several providers a call asks catalogs that lack the name, and needs no suggestions from them.
  return {
    kind: "unknown",
    get suggestions() {
      return suggest(index, name);
    },
  };
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
