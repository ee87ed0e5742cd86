import { type Catalog, catalogOf } from "../../catalog/create-catalog.js";
import { mergeModels } from "../../catalog/merge-models.js";
import type { ModelEntryInput } from "../../catalog/model-entry.js";
import { builtInModels } from "./built-in-models.js";
import { findOffTierModel } from "./off-tier-models.js";

const builtIn: Catalog = catalogOf(builtInModels, findOffTierModel);

/**
 * Creates the catalog of laplas's documented models and, if given, models of the user's own. Throws a `TypeError` naming the
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
  return extra.length === 0 ? builtIn : catalogOf(mergeModels(builtInModels, extra), findOffTierModel);
}
