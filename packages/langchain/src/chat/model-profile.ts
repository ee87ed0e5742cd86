import type { ModelProfile } from "@langchain/core/language_models/profile";
import type { Laplas } from "@laplas/core";

/**
 * What LangChain may expect of a model: what the documentation says it can do, within what the tier lets through.
 * Agents choose by it, so nothing is claimed for models that the catalog does not know.
 */
export function modelProfile(engine: Laplas, name: string): ModelProfile {
  const limit = outputRule(engine)?.limit;
  const found = engine.findModel(name);
  const model = found.kind === "model" && found.model.modality === "chat" ? found.model : undefined;
  const noImages = engine.tier.rules.some(
    (rule) => rule.kind === "forbiddenContent" && rule.partTypes.includes("image_url"),
  );
  return {
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    ...(noImages ? { imageInputs: false, imageUrlInputs: false, imageToolMessage: false } : {}),
    ...(model?.contextTokens === undefined ? {} : { maxInputTokens: model.contextTokens }),
    ...(model && {
      toolCalling: model.capabilities.tools,
      toolChoice: model.capabilities.tools,
      structuredOutput: model.capabilities.responseFormat,
      reasoningOutput: model.capabilities.reasoning,
    }),
  };
}

/** The tier's rule on the length of answers, if it has one. */
export function outputRule({ tier }: Laplas): { readonly id: string; readonly limit: number } | undefined {
  return tier.rules.find((rule) => rule.kind === "maxOutputTokens");
}
