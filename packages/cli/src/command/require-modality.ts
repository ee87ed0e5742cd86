import { InvalidOptionsError, type Laplas, type Modality } from "@laplas/core";
import { safeLine } from "../terminal/safe-text.js";

const KINDS: Readonly<Record<Modality, { readonly kind: string; readonly command: string }>> = {
  chat: { kind: "a chat model", command: "chat" },
  embedding: { kind: "an embedding model", command: "embed" },
  image: { kind: "an image model", command: "image" },
};

/** Names the command that asks a model of another kind. What is no model at all, the engine tells. @throws InvalidOptionsError */
export function requireModality(laplas: Laplas, name: string, wanted: Modality): void {
  const found = laplas.findModel(name);
  if (found.kind !== "model" || found.model.modality === wanted) return;
  const { kind, command } = KINDS[found.model.modality];
  throw new InvalidOptionsError(`${safeLine(name)} is ${kind}. Use it with: laplas ${command}`);
}
