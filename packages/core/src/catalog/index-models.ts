import type { Model } from "./model.js";

/** A model the catalog knows, and the id to send for it. */
export interface FoundModel {
  readonly kind: "model";
  readonly model: Model;
  /** The id or alias as the caller wrote it, or the primary id when the caller wrote a label. */
  readonly id: string;
}

/** The models by every name they answer to. */
export interface ModelIndex {
  readonly models: readonly Model[];
  /** By id and alias, spelled exactly. */
  readonly byId: ReadonlyMap<string, FoundModel>;
  /** By label in lower case. */
  readonly byLabel: ReadonlyMap<string, FoundModel>;
}

/** Indexes models once, so that a lookup makes nothing. A label that several models share is the first one's. */
export function indexModels(models: readonly Model[]): ModelIndex {
  const byId = new Map<string, FoundModel>();
  const byLabel = new Map<string, FoundModel>();
  for (const model of models) {
    const found: FoundModel = { kind: "model", model, id: model.id };
    byId.set(model.id, found);
    for (const alias of model.aliases) byId.set(alias, { kind: "model", model, id: alias });
    const label = model.label.toLowerCase();
    if (!byLabel.has(label)) byLabel.set(label, found);
  }
  return { models, byId, byLabel };
}
