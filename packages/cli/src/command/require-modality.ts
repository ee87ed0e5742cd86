import { InvalidOptionsError, type Laplas, type Modality } from "@laplas/core";
import { safeLine } from "../terminal/safe-text.js";

const KINDS: Readonly<Record<Modality, { readonly does: string; readonly command: string }>> = {
  chat: { does: "answers in a chat", command: "chat" },
  embedding: { does: "makes embeddings", command: "embed" },
  image: { does: "draws images", command: "image" },
};

/** Names the command that asks a model of another kind. What is no model at all, the engine tells. @throws InvalidOptionsError */
export function requireModality(laplas: Laplas, name: string, wanted: Modality): void {
  const found = laplas.findModel(name);
  if (found.kind !== "model" || found.model.modality === wanted) return;
  const { does, command } = KINDS[found.model.modality];
  throw new InvalidOptionsError(`${safeLine(name)} ${does}: laplas ${command} asks it.`);
}
