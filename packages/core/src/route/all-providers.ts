import { fetchOne } from "../call/give-pictures.js";
import type { ModelLookup } from "../catalog/create-catalog.js";
import type { LengthOptions } from "../check.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { listModels, type ModelQuery, type ModelStatus } from "../model-status.js";
import type { Picture } from "../pictures/fetch-picture.js";
import { type Plan, type PlannedCall, planJob } from "../plan.js";
import { firstTarget } from "./find-targets.js";
import type { Pool } from "./pool.js";

/** The models of all providers. With several providers, ids are `provider/model`, which is unique. */
export async function listAllModels(
  { all }: Pick<Pool, "all">,
  query: ModelQuery = {},
): Promise<readonly ModelStatus[]> {
  const [first] = all;
  if (all.length === 1) return listModels(first, query);
  const lists = await Promise.all(
    all.map(async (one) => {
      const models = await listModels(one, query);
      return models.map((model) => ({ ...model, id: `${model.provider}/${model.id}` }));
    }),
  );
  const listed = lists.flat();
  if (query.sort === "calls") listed.sort((one, other) => (other.callsLeft ?? 0) - (one.callsLeft ?? 0));
  return listed;
}

/** What the catalog knows about a name. For a route, that is its first model. */
export function findInPool(pool: Pool, name: string): ModelLookup {
  const target = firstTarget(pool, name);
  const [first] = pool.all;
  return target === undefined ? first.options.catalog.find(name) : target.context.options.catalog.find(target.model);
}

/** Plans a job at the provider of its calls. @throws InvalidOptionsError if they go to several providers */
export async function planInPool(pool: Pool, job: readonly PlannedCall[], options?: LengthOptions): Promise<Plan> {
  const [first] = pool.all;
  if (!Array.isArray(job)) return planJob(first, job, options);
  await Promise.all(pool.all.map((one) => one.options.catalog.ready?.(one.warn)));
  const found = job.map((call) => {
    const name: unknown = call?.request?.model;
    return typeof name === "string" ? firstTarget(pool, name) : undefined;
  });
  const contexts = new Set(found.map((target) => target?.context ?? first));
  const [context = first, ...others] = contexts;
  if (others.length > 0) {
    const ids = [...contexts].map((one) => one.options.provider.id).join(" and ");
    throw new InvalidOptionsError(
      `A job is planned at one provider, and the calls of this one are for ${ids}. Plan those of each apart.`,
    );
  }
  const own = job.map((call, index) => {
    const model = found[index]?.model;
    return model === undefined ? call : { ...call, request: { ...call.request, model } };
  });
  return planJob(context, own, options);
}

/** The bytes of a picture, fetched from the provider whose address it has, or else as a public one. */
export function fetchPictureOf(
  { all }: Pick<Pool, "all">,
  address: string,
  signal: AbortSignal | undefined,
): Promise<Picture> {
  const origin = URL.canParse(address) ? new URL(address).origin : undefined;
  const own = all.find(({ options }) => new URL(options.baseURL).origin === origin);
  return fetchOne(own ?? all[0], address, signal);
}
