import { listAllModels } from "../route/all-providers.js";
import type { Pool } from "../route/pool.js";
import { AUTO } from "../route/routes.js";
import { type ModelCard, modelCards } from "./model-list.js";

/**
 * The models of all providers. With several providers each has the unique name `provider/model` and the number of calls left. Routes come
 * first.
 */
export async function poolCards(pool: Pool): Promise<readonly ModelCard[]> {
  const { all, routes } = pool;
  if (all.length === 1 && routes.named.size === 0) return cardsOf(pool.all[0]);
  const named = new Map([...AUTO.map((name) => [name, undefined] as const), ...routes.named]);
  const listed: ModelCard[] = [...named].map(([id, route]) => ({
    id,
    object: "model",
    created: 0,
    owned_by: "laplas",
    modality: "chat",
    ...(route === undefined ? {} : { models: route.models }),
    capabilities: {},
  }));
  if (all.length === 1) return [...listed, ...cardsOf(pool.all[0])];
  const statuses = await listAllModels(pool);
  const left = new Map(statuses.map(({ id, callsLeft }) => [id, callsLeft]));
  for (const one of all) {
    const { id: provider } = one.options.provider;
    for (const card of cardsOf(one)) {
      const callsLeft = left.get(`${provider}/${card.alias_of ?? card.id}`);
      listed.push({
        ...card,
        id: `${provider}/${card.id}`,
        provider,
        ...(card.alias_of === undefined ? {} : { alias_of: `${provider}/${card.alias_of}` }),
        ...(callsLeft === undefined || !Number.isFinite(callsLeft) ? {} : { calls_left: callsLeft }),
      });
    }
  }
  return listed;
}

function cardsOf({ options: { catalog, tier, provider } }: Pool["all"][number]): ModelCard[] {
  return modelCards(catalog, tier, provider.catalogDate);
}
