import { InvalidOptionsError, type Modality } from "@laplas/core";
import { usualModel } from "../usual-models.js";
import type { Scene } from "./scene.js";

const DOES: Readonly<Record<Modality, string>> = {
  chat: "answers questions: ask_model asks it",
  image: "draws pictures: draw_image asks it",
  embedding: "makes embeddings: embed_texts asks it",
};

/** What the argument `model` says of itself. */
export function modelHelp({ usual }: Scene, modality: Modality): string {
  const name = usual[modality];
  const list = `quota lists them with models: "${modality}"`;
  return name === undefined ? `Name of the model; ${list}.` : `Name of the model, ${name} if left out; ${list}.`;
}

/** The model to ask. What is no model at all, the engine tells. @throws InvalidOptionsError */
export async function chooseModel(scene: Scene, modality: Modality, named: string | undefined): Promise<string> {
  const { laplas, usual, findModel } = scene;
  const model =
    named === undefined ? (usual[modality] ?? (await usualModel(laplas, modality))) : (findModel?.(named) ?? named);
  if (model === undefined) throw new InvalidOptionsError(`No ${modality} model is known here. Name one as "model".`);
  const found = laplas.findModel(model);
  if (found.kind === "model" && found.model.modality !== modality)
    throw new InvalidOptionsError(`${found.model.id} ${DOES[found.model.modality]}.`);
  return model;
}
