import type { Catalog } from "../catalog/create-catalog.js";

/** 2025-04-16, the state of the documentation that the catalog was made from: OpenAI's list wants a date. */
const CATALOG_DATE = 1_744_761_600;

/** The catalog as OpenAI's list of models, with what kind each is. Aliases are listed too: programs look for their own id. */
export function modelList({ models }: Catalog): { object: "list"; data: Record<string, unknown>[] } {
  const data = models.flatMap((model) =>
    [model.id, ...model.aliases].map((id) => ({
      id,
      object: "model",
      created: CATALOG_DATE,
      owned_by: model.vendor,
      modality: model.modality,
    })),
  );
  return { object: "list", data };
}
