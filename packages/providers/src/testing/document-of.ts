import type { ProviderDocument } from "@laplas/core";
import { documents } from "../index.js";

/** @throws Error if the package has none of this id */
export function documentOf(id: string): ProviderDocument {
  const found = documents.find((document) => document.id === id);
  if (found === undefined) throw new Error(`there is no document ${id}`);
  return found;
}
