import { findTargets } from "../route/find-targets.js";
import type { Pool } from "../route/pool.js";
import { AUTO } from "../route/routes.js";
import { messageModels, toMessageModel } from "./message-models.js";
import { type ModelCard, oneModel } from "./model-list.js";
import { poolCards } from "./pool-models.js";

/**
 * The models, or the one that is named, in OpenAI's shape, or in Anthropic's for its clients.
 *
 * @param name as it stands in the path
 * @throws FatalLimitError `model_not_on_tier`
 */
export async function answerModels(
  pool: Pool,
  { headers, url }: Pick<Request, "headers" | "url">,
  name: string | undefined,
): Promise<object> {
  await Promise.all(pool.all.map(({ options, warn }) => options.catalog.ready?.(warn)));
  const isOfMessages = headers.has("anthropic-version");
  if (name === undefined) {
    const cards = await poolCards(pool);
    return isOfMessages ? messageModels(cards, new URL(url).searchParams) : { object: "list", data: cards };
  }
  const id = decodeName(name);
  const card = await oneCard(pool, id);
  return isOfMessages ? toMessageModel(card) : card;
}

/** A route, or a model by any of its names. */
async function oneCard(pool: Pool, id: string): Promise<ModelCard> {
  const isNamed = pool.routes.named.has(id) || AUTO.includes(id);
  const listed = pool.all.length > 1 || isNamed ? (await poolCards(pool)).find((card) => card.id === id) : undefined;
  if (listed !== undefined) return listed;
  const [target] = isNamed ? [] : findTargets(pool, id).targets;
  return target === undefined ? oneModel(id, pool.all[0].options) : oneModel(target.model, target.context.options);
}

/** Ids hold slashes, and some clients escape them. */
function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
