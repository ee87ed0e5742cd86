import { resolveName } from "../call/resolve-model.js";
import { answersInFormat } from "../catalog/answers-in-format.js";
import type { Catalog } from "../catalog/create-catalog.js";
import type { Modality, Model } from "../catalog/model.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import type { ResolvedOptions } from "../options.js";
import type { Tier } from "../tier/tier.js";
import { type TierLimits, tierLimits } from "../tier/tier-limits.js";

/** A model as `GET /v1/models` tells of it: OpenAI's fields, then what the catalog and the tier know beside them. */
export interface ModelCard {
  readonly id: string;
  readonly object: "model";
  /** Seconds since 1970: as the provider lists it, else the date of its documentation, else 0. OpenAI's list has one always. */
  readonly created: number;
  readonly owned_by: string;
  readonly modality: Modality;
  /** Absent for a route, whose models may have several. */
  readonly tier?: string;
  /** The provider's id, where the engine has several. */
  readonly provider?: string;
  /** With several providers: calls of the usual cost that fit in the windows now; absent where nothing limits them or it is unknown. */
  readonly calls_left?: number;
  /** For a route: its models, in the order in which they are asked. */
  readonly models?: readonly string[];
  /** On aliases: the model's primary id. */
  readonly alias_of?: string;
  /** Model tokens, within what the tier lets through. */
  readonly context_length?: number;
  /** Model tokens, on chat models of a tier that bounds them. */
  readonly max_output_tokens?: number;
  /** Length of a vector, on embedding models where it is published. */
  readonly dimensions?: number;
  /** Documented abilities; what is absent is documented nowhere. */
  readonly capabilities: Readonly<Record<string, unknown>>;
}

/**
 * The models that the tier serves, one by one with their aliases: programs look for their own id.
 *
 * @param catalogDate ISO date of the documentation that the catalog was made from
 */
export function modelCards(catalog: Pick<Catalog, "models">, tier: Tier, catalogDate?: string): ModelCard[] {
  return catalog.models
    .filter((model) => tierLimits(tier, model).isServed)
    .flatMap((model) => [model.id, ...model.aliases].map((id) => modelCard(id, model, tier, catalogDate)));
}

/** One model by any of its names. @throws FatalLimitError `model_not_on_tier` */
export function oneModel(name: string, options: ResolvedOptions): ModelCard {
  const { id, model } = resolveName(name, options);
  if (model !== undefined) return modelCard(id, model, options.tier, options.provider.catalogDate);
  throw new FatalLimitError("model_not_on_tier", `The catalog does not know ${quote(name)}. Calls for it are sent.`, {
    param: "model",
  });
}

function modelCard(id: string, model: Model, tier: Tier, catalogDate: string | undefined): ModelCard {
  const limits = tierLimits(tier, model);
  return {
    id,
    object: "model",
    created: model.created ?? (catalogDate === undefined ? 0 : Date.parse(catalogDate) / 1_000),
    owned_by: model.vendor,
    modality: model.modality,
    tier: tier.name,
    ...(id === model.id ? {} : { alias_of: model.id }),
    ...(limits.contextTokens === undefined ? {} : { context_length: limits.contextTokens }),
    ...abilities(model, limits),
  };
}

function abilities(
  model: Model,
  { outputRule, refusedInputs }: TierLimits,
): Pick<ModelCard, "capabilities" | "max_output_tokens" | "dimensions"> {
  switch (model.modality) {
    case "chat": {
      const { tools, streaming, reasoning } = model.capabilities;
      return {
        ...(outputRule === undefined ? {} : { max_output_tokens: outputRule.limit }),
        capabilities: {
          tools,
          streaming,
          response_format: answersInFormat(model),
          reasoning,
          ...Object.fromEntries([...refusedInputs].map((kind) => [`${kind}_input`, false])),
        },
      };
    }
    case "embedding": {
      const { dimensions, input, base64 } = model.embedding;
      return {
        ...(dimensions === undefined ? {} : { dimensions }),
        capabilities: { batch: input === "strings", base64 },
      };
    }
    case "image": {
      const { sizes, sidePixels, referenceImage } = model.image;
      return {
        capabilities: {
          ...(sizes === undefined ? {} : { sizes }),
          ...(sidePixels === undefined ? {} : { side_pixels: sidePixels }),
          reference_image: referenceImage === "required",
        },
      };
    }
  }
}
