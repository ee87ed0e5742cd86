import { type Laplas, type Modality, tierLimits } from "@laplas/core";
import { isServed } from "./provider-of.js";

/** What is asked where no model is named, if the provider has it: cheap ones that most programs know. */
export const DEFAULT_MODELS = {
  chat: "gpt-4o-mini",
  embedding: "text-embedding-3-small",
  image: "flux/schnell",
} as const;

/**
 * The model to ask where none is named: a usual one, else the first that the engine has and its tier serves. Of several providers any that
 * can answer a chat.
 *
 * @returns `undefined` where none is known
 */
export async function usualModel(
  laplas: Pick<Laplas, "findModel" | "models" | "tier" | "providers" | "provider">,
  modality: Modality,
): Promise<string | undefined> {
  const isPool = laplas.providers.length > 1;
  if (isPool && modality === "chat") return "auto";
  const usual = DEFAULT_MODELS[modality];
  const isUsual = (): boolean => {
    // It may be that of another provider than the first, which has a tier of its own.
    if (isPool) return false;
    const found = laplas.findModel(usual);
    return found.kind === "model" && tierLimits(laplas.tier, found.model).isServed;
  };
  if (isUsual()) return usual;
  // A provider that lists its models is asked here first.
  const models = await laplas.models({ modality });
  if (isUsual()) return usual;
  const fit = models.filter(
    (model) => isServed(laplas, model) && (model.modality !== "image" || model.image.referenceImage !== "required"),
  );
  // Of several providers its name begins with that of the one that has it.
  const known = fit.find(({ id, provider }) => id === `${provider}/${usual}`);
  return (known ?? fit[0])?.id;
}
