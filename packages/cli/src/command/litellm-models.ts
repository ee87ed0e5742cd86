import { InvalidOptionsError, type Laplas, type ModelCard } from "@laplas/core";

/** A model as it is sent: an alias stays one. */
export type Chosen = ModelCard & { readonly takesDimensions: boolean };

/** As clients of the gateway are told them. */
export async function cardsOf({ fetch }: Pick<Laplas, "fetch">): Promise<ReadonlyMap<string, ModelCard>> {
  const { data } = (await (await fetch("/v1/models")).json()) as { data: readonly ModelCard[] };
  return new Map(data.map((card) => [card.id, card]));
}

/** Those that are named, else all but second names. @throws InvalidOptionsError for one that is not in the catalog, or where there is none */
export function chooseModels(
  laplas: Pick<Laplas, "findModel">,
  cards: ReadonlyMap<string, ModelCard>,
  names: readonly string[] | undefined,
): readonly Chosen[] {
  const wanted =
    names ?? [...cards.values()].flatMap(({ id, alias_of: primary }) => (primary === undefined ? [id] : []));
  const chosen = new Map<string, Chosen>();
  for (const name of wanted) {
    const found = laplas.findModel(name);
    // Of several providers and of routes the whole name has a card.
    const card = cards.get(name) ?? (found.kind === "model" ? cards.get(found.id) : undefined);
    if (found.kind !== "model" || card === undefined) {
      throw unknownModel(name, found.kind === "unknown" ? found.suggestions : []);
    }
    const { model } = found;
    const takesDimensions = model.modality === "embedding" && model.embedding.parameters.includes("dimensions");
    chosen.set(card.id, { ...card, takesDimensions });
  }
  if (chosen.size === 0) {
    throw new InvalidOptionsError(names === undefined ? "No model is known." : "--models names no model.");
  }
  return [...chosen.values()];
}

function unknownModel(name: string, suggestions: readonly string[]): InvalidOptionsError {
  const meant = suggestions.length === 0 ? "" : ` Did you mean ${suggestions.join(", ")}?`;
  return new InvalidOptionsError(`--models names ${JSON.stringify(name)}, which is not on the tier.${meant}`);
}
