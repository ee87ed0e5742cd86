import type { Catalog } from "../catalog/create-catalog.js";
import type { Model } from "../catalog/model.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ResolvedOptions } from "../options.js";
import type { ReadRequest } from "../request/read-request.js";
import type { AllowedModalitiesRule, Tier } from "../tier/tier.js";
import { tierLimits } from "../tier/tier-limits.js";

/** A model to send to. */
export interface ResolvedModel {
  /** What is sent: the caller's own id, or the one that a label stands for. */
  readonly id: string;
  /** `undefined` for an id sent although the catalog does not know it. */
  readonly model: Model | undefined;
}

/**
 * Looks the request's model up.
 *
 * @throws FatalLimitError `model_not_on_tier`; FatalUpstreamError `invalid_request` for a model of another endpoint
 */
export function resolveModel(request: ReadRequest, options: ResolvedOptions): ResolvedModel {
  const found = resolveName(request.model, options);
  const { paths } = options.provider;
  if (found.model === undefined || found.model.modality === request.endpoint) return found;
  throw new FatalUpstreamError(
    "invalid_request",
    `${quote(found.id)} makes ${found.model.modality} answers: it is asked at ${paths[found.model.modality]}, not at ${paths[request.endpoint]}.`,
    { param: "model" },
  );
}

/** What a name stands for, whatever it is to be asked for. @throws FatalLimitError `model_not_on_tier` */
export function resolveName(name: string, { catalog, unknownModels, tier }: ResolvedOptions): ResolvedModel {
  const found = catalog.find(name);
  const kinds = kindsRule(tier);
  switch (found.kind) {
    case "model":
      return found;
    case "off-tier":
      throw new FatalLimitError(
        "model_not_on_tier",
        `${tier.title}: ${quote(found.name)} is ${aModel(found.modality)}${servedKinds(kinds)}`,
        refusedBy(kinds),
      );
    case "unknown": {
      if (unknownModels === "send" || found.unlisted) return { id: name, model: undefined };
      const served = found.suggestions.filter((id) => isServed(id, catalog, tier));
      const suggestions = served.length === 0 ? "" : ` Did you mean ${served.join(" or ")}?`;
      throw new FatalLimitError(
        "model_not_on_tier",
        `${tier.title}: there is no model ${quote(name)} in the catalog.${suggestions} Option unknownModels: "send" sends ids that the catalog does not know.`,
        refusedBy(kinds),
      );
    }
  }
}

/** The rule on the kinds of models, where the tier has one. */
function kindsRule({ rules }: Tier): AllowedModalitiesRule | undefined {
  return rules.find(
    (rule): rule is AllowedModalitiesRule => rule.kind === "allowedModalities" && rule.models === undefined,
  );
}

function refusedBy(rule: AllowedModalitiesRule | undefined): { readonly rule?: string; readonly param: string } {
  return { ...(rule === undefined ? {} : { rule: rule.id }), param: "model" };
}

/** Ends the sentence about a model of another kind. */
function servedKinds(rule: AllowedModalitiesRule | undefined): string {
  if (rule === undefined) return ", and can't be called here.";
  const [last, ...others] = rule.modalities.toReversed();
  const kinds = others.length === 0 ? last : `${others.toReversed().join(", ")} and ${last}`;
  return `. Only ${kinds} models can be called here.`;
}

/** Names of kinds are a document's own: `video`, `audio`. */
function aModel(kind: string): string {
  return `${/^[aeiou]/i.test(kind) ? "an" : "a"} ${kind} model`;
}

/** What the tier refuses as well is no advice. */
function isServed(id: string, catalog: Catalog, tier: Tier): boolean {
  const found = catalog.find(id);
  return found.kind === "model" && tierLimits(tier, found.model).isServed;
}
