import { InvalidOptionsError, type Modality } from "@laplas/core";
import { DEFAULT_MODELS, usualModel } from "@laplas/gateway/bodies";

/** What `--model` says of itself where it need not be given. */
export function modelHelp(modality: Modality): string {
  const several = modality === "chat" ? "; of several providers auto" : "";
  return `${modality} model (default: ${DEFAULT_MODELS[modality]}, or the provider's first${several})`;
}

/** The model to ask: the one that is named, else a usual one. @throws InvalidOptionsError where none is known */
export async function chooseModel(
  laplas: Parameters<typeof usualModel>[0],
  modality: Modality,
  named: string | undefined,
): Promise<string> {
  const model = named ?? (await usualModel(laplas, modality));
  if (model !== undefined) return model;
  throw new InvalidOptionsError(`No ${modality} model is known here. Name one: --model NAME.`);
}
