import type { Catalog } from "../catalog/create-catalog.js";
import type { Model } from "../catalog/model.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ResolvedOptions } from "../options.js";
import type { Endpoint, ReadRequest } from "../request/read-request.js";
import type { Tier } from "../tier/tier.js";
import { tierLimits } from "../tier/tier-limits.js";

/** A model to send to. */
export interface ResolvedModel {
  /** What is sent: the caller's own id, or the one that a label stands for. */
  readonly id: string;
  /** `undefined` for an id sent although the catalog does not know it. */
  readonly model: Model | undefined;
}

const METHODS: Readonly<Record<Endpoint, string>> = {
  chat: "/chat/completions",
  embedding: "/embeddings",
  image: "/images/generations",
};

/**
 * Looks the request's model up.
 *
 * @throws FatalLimitError `model_not_on_tier`; FatalUpstreamError `invalid_request` for a model of another endpoint
 */
export function resolveModel(request: ReadRequest, options: ResolvedOptions): ResolvedModel {
  const found = resolveName(request.model, options);
  if (found.model === undefined || found.model.modality === request.endpoint) return found;
  throw new FatalUpstreamError(
    "invalid_request",
    `${quote(found.id)} makes ${found.model.modality} answers: it is asked at ${METHODS[found.model.modality]}, not at ${METHODS[request.endpoint]}.`,
    { param: "model" },
  );
}

/** What a name stands for, whatever it is to be asked for. @throws FatalLimitError `model_not_on_tier` */
export function resolveName(name: string, { catalog, unknownModels, tier }: ResolvedOptions): ResolvedModel {
  const found = catalog.find(name);
  switch (found.kind) {
    case "model":
      return found;
    case "off-tier":
      throw new FatalLimitError(
        "model_not_on_tier",
        `${tier.title}: ${quote(found.name)} is a ${found.modality} model. Only chat, embedding and image models can be called here.`,
        { rule: "modalities", param: "model" },
      );
    case "unknown": {
      if (unknownModels === "send" || found.unlisted) return { id: name, model: undefined };
      const served = found.suggestions.filter((id) => isServed(id, catalog, tier));
      const suggestions = served.length === 0 ? "" : ` Did you mean ${served.join(" or ")}?`;
      throw new FatalLimitError(
        "model_not_on_tier",
        `${tier.title}: there is no model ${quote(name)} in the catalog.${suggestions} Option unknownModels: "send" sends ids that the catalog does not know.`,
        { rule: "modalities", param: "model" },
      );
    }
  }
}

/** What the tier refuses as well is no advice. */
function isServed(id: string, catalog: Catalog, tier: Tier): boolean {
  const found = catalog.find(id);
  return found.kind === "model" && tierLimits(tier, found.model).isServed;
}
