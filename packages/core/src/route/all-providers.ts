import { resume } from "../account/off.js";
import type { CallContext } from "../call/call-context.js";
import { fetchOne } from "../call/give-pictures.js";
import type { ModelLookup } from "../catalog/create-catalog.js";
import type { LengthOptions } from "../check.js";
import { isLaplasError } from "../errors/laplas-error.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import type { Misdated } from "../ledger/misdated.js";
import { listModels, type ModelQuery, type ModelStatus } from "../model-status.js";
import type { Picture } from "../pictures/fetch-picture.js";
import { type Plan, type PlannedCall, planJob } from "../plan.js";
import { type Doubt, doubtsOf } from "../tier/doubts.js";
import { findTargets, type Target } from "./find-targets.js";
import type { Pool } from "./pool.js";

/** A rule in doubt, and whose it is. */
export type ProviderDoubt = Doubt & { readonly provider: string };

/** The models of all providers. Where there are several, each by its name as `provider/model`, which means no other. */
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

/** What the catalogs know about a name: of a route, about its first model. */
export function findInPool(pool: Pool, name: string): ModelLookup {
  const target = firstTarget(pool, name);
  const [first] = pool.all;
  return target === undefined ? first.options.catalog.find(name) : target.context.options.catalog.find(target.model);
}

/** Where a call for a name would go first. */
export function firstTarget(pool: Pool, name: string): Target | undefined {
  try {
    return findTargets(pool, name).targets[0];
  } catch (error) {
    if (!isLaplasError(error)) throw error;
    return undefined;
  }
}

/** Plans a job at the provider of its calls. @throws InvalidOptionsError where they are of several */
export async function planInPool(pool: Pool, job: readonly PlannedCall[], options?: LengthOptions): Promise<Plan> {
  const [first] = pool.all;
  if (pool.all.length === 1 || !Array.isArray(job)) return planJob(first, job, options);
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

/** The bytes of a picture, asked for as its provider's own or as a public one. */
export function fetchPictureOf(
  { all }: Pick<Pool, "all">,
  address: string,
  signal: AbortSignal | undefined,
): Promise<Picture> {
  const origin = URL.canParse(address) ? new URL(address).origin : undefined;
  const own = all.find(({ options }) => new URL(options.baseURL).origin === origin);
  return fetchOne(own ?? all[0], address, signal);
}

/** @throws LedgerError */
export async function misdatedOf({ all }: Pick<Pool, "all">): Promise<Misdated> {
  let sum: Misdated = { calls: 0, blocks: 0 };
  for (const { account } of all) {
    const { store, name } = await account.open();
    const found = (await store.misdated?.(name)) ?? { calls: 0, blocks: 0 };
    const latest = Math.max(sum.latest ?? 0, found.latest ?? 0);
    sum = {
      calls: sum.calls + found.calls,
      blocks: sum.blocks + found.blocks,
      ...(latest === 0 ? {} : { latest }),
    };
  }
  return sum;
}

/** @throws LedgerError */
export async function redateAll({ all }: Pick<Pool, "all">): Promise<void> {
  for (const { account } of all) {
    const { store, name } = await account.open();
    await store.redate?.(name);
  }
}

/** @throws LedgerError */
export async function resumeAll({ all }: Pick<Pool, "all">): Promise<void> {
  for (const { account } of all as readonly CallContext[]) await resume(account);
}

/** The rules in doubt, of all providers in turn. @throws LedgerError */
export async function doubtsOfAll({ all }: Pick<Pool, "all">): Promise<readonly ProviderDoubt[]> {
  const doubts: ProviderDoubt[] = [];
  for (const { account, options } of all) {
    const found = doubtsOf(options.tier, options.now(), await account.saidLimits());
    for (const doubt of found) doubts.push({ provider: options.provider.id, ...doubt });
  }
  return doubts;
}
