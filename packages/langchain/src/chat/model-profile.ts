import type { ModelProfile } from "@langchain/core/language_models/profile";
import { answersInFormat, type Laplas, tierLimits } from "@laplas/core";

/**
 * What LangChain may expect of a model: what the documentation says it can do, within what the tier lets through, as
 * `GET /v1/models` tells it. Agents choose by it, so nothing is claimed for models that the catalog does not know.
 */
export function modelProfile(engine: Laplas, name: string): ModelProfile {
  const found = engine.findModel(name);
  const model = found.kind === "model" && found.model.modality === "chat" ? found.model : undefined;
  const { outputRule, contextTokens, refusedInputs } = tierLimits(engine.tier, model);
  return {
    ...(outputRule === undefined ? {} : { maxOutputTokens: outputRule.limit }),
    ...(refusedInputs.has("image") ? { imageInputs: false, imageUrlInputs: false, imageToolMessage: false } : {}),
    ...(refusedInputs.has("audio") ? { audioInputs: false } : {}),
    ...(refusedInputs.has("file") ? { pdfInputs: false, pdfToolMessage: false } : {}),
    ...(contextTokens === undefined ? {} : { maxInputTokens: contextTokens }),
    ...(model && {
      toolCalling: model.capabilities.tools,
      toolChoice: model.capabilities.tools,
      structuredOutput: answersInFormat(model),
      reasoningOutput: model.capabilities.reasoning,
    }),
  };
}
