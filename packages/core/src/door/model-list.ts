import { lookUpModel } from "../call/find-model.js";
import type { Model } from "../catalog/model.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import type { ResolvedOptions } from "../options.js";
import type { JsonObject } from "../request/wire-types.js";
import type { Tier } from "../tier/tier.js";

/** 2025-04-16, the state of the documentation that the catalog was made from: OpenAI's list wants a date. */
const CATALOG_DATE = 1_744_761_600;

/** The catalog as OpenAI's list of models. Aliases are listed too: programs look for their own id. */
export function modelList({ catalog, tier }: ResolvedOptions): { object: "list"; data: JsonObject[] } {
  const data = catalog.models.flatMap((model) => [model.id, ...model.aliases].map((id) => modelCard(id, model, tier)));
  return { object: "list", data };
}

/** One model of the list, by any of its names. @throws FatalLimitError `model_not_on_tier` */
export function oneModel(name: string, options: ResolvedOptions): JsonObject {
  const { id, model } = lookUpModel(name, options);
  if (model !== undefined) return modelCard(id, model, options.tier);
  throw new FatalLimitError("model_not_on_tier", `The catalog does not know ${quote(name)}. Calls for it are sent.`, {
    param: "model",
  });
}

/** OpenAI's fields, then what the catalog and the tier know beside them. */
function modelCard(id: string, model: Model, tier: Tier): JsonObject {
  return {
    id,
    object: "model",
    created: CATALOG_DATE,
    owned_by: model.vendor,
    modality: model.modality,
    tier: tier.name,
    ...(id === model.id ? {} : { alias_of: model.id }),
    ...(model.contextTokens === undefined ? {} : { context_length: model.contextTokens }),
    ...abilities(model, tier),
  };
}

function abilities(model: Model, tier: Tier): JsonObject {
  switch (model.modality) {
    case "chat": {
      const { tools, streaming, responseFormat, reasoning } = model.capabilities;
      const limits = tier.rules.flatMap((rule) => (rule.kind === "maxOutputTokens" ? [rule.limit] : []));
      const takesImages = !tier.rules.some(({ kind }) => kind === "forbiddenContent");
      return {
        ...(limits.length === 0 ? {} : { max_output_tokens: Math.min(...limits) }),
        capabilities: {
          tools,
          streaming,
          response_format: responseFormat,
          reasoning,
          // What a paid plan's model can see is documented nowhere.
          ...(takesImages ? {} : { image_input: false }),
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
