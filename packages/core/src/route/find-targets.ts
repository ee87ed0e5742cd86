import type { CallContext } from "../call/call-context.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { autoModels } from "./auto-models.js";
import { listsMissing, noSuchModel } from "./no-such-model.js";
import type { Pool } from "./pool.js";
import { AUTO, type Training } from "./routes.js";

/** A model at a provider: where a call may go. */
export interface Target {
  /** `provider/model`. */
  readonly name: string;
  readonly context: CallContext;
  /** The model's name there. */
  readonly model: string;
}

/** The targets of a name, in the order in which they are asked. */
export interface FoundTargets {
  readonly targets: readonly Target[];
  /** Targets that can't be asked, each with the reason. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** Reads the lists of models of the providers that the name may be at. */
export async function readLists({ all, routes }: Pool, name: string): Promise<void> {
  const named = routes.named.get(name)?.models ?? [name];
  const own = named.map((one) => providerOf(all, one));
  const isExplicit = own.every((one) => one !== undefined);
  const asked = isExplicit ? new Set(own) : new Set(all);
  await Promise.all([...asked].map((one) => one?.options.catalog.ready?.(one.warn)));
}

/** Finds the targets of a name. Pure. @throws FatalLimitError `model_not_on_tier`; UpstreamError where no list could be read */
export function findTargets(pool: Pool, name: string): FoundTargets {
  const { all, routes } = pool;
  const route = routes.named.get(name);
  if (route !== undefined) return targetsOfRoute(pool, route.models, route.training ?? routes.training);
  if (AUTO.includes(name) && !all.some((one) => knows(one, name))) {
    const targets = all.flatMap((one) => autoModels(one, name === "auto:tools").map(({ id }) => targetAt(one, id)));
    const unlisted = targets.length === 0 ? all.filter(isUnlisted) : [];
    if (unlisted.length > 0) throw listsMissing(unlisted, name);
    return withoutTraining(targets, routes.training);
  }
  return withoutTraining(targetsOf(pool, name), routes.training);
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

/** A model that no provider lists any more is left out: the route's other models still answer. */
function targetsOfRoute(pool: Pool, models: readonly string[], training: Training): FoundTargets {
  const targets: Target[] = [];
  const unknown: { readonly name: string; readonly error: LaplasError }[] = [];
  for (const name of models) {
    try {
      targets.push(...targetsOf(pool, name));
    } catch (error) {
      if (!isLaplasError(error)) throw error;
      unknown.push({ name, error });
    }
  }
  const [first] = unknown;
  if (targets.length === 0 && first !== undefined) throw first.error;
  const found = withoutTraining(targets, training);
  const leftOut = unknown.map(({ name }) => ({ name, why: "no provider of this engine has such a model" }));
  return { ...found, leftOut: [...found.leftOut, ...leftOut] };
}

/** @throws FatalLimitError where no provider has it */
function targetsOf(pool: Pool, name: string): Target[] {
  const { all } = pool;
  const own = providerOf(all, name);
  if (own !== undefined) {
    const model = name.slice(own.options.provider.id.length + 1);
    // Some ids begin with the name of their own provider: `groq/compound`.
    const isWhole = knows(own, name) && !knows(own, model);
    return [targetAt(own, isWhole ? name : model)];
  }
  const having = all.filter((one) => knows(one, name));
  if (having.length > 0) return having.map((one) => targetAt(one, name));
  if (all.length === 1) return [targetAt(all[0], name)];
  // A provider that knows why it has no such model reports that; one whose list can't be read may have it.
  const telling = all.find((one) => isUnlisted(one) || one.options.catalog.find(name).kind === "off-tier");
  const sending = telling ?? all.find(({ options }) => options.unknownModels === "send");
  if (sending !== undefined) return [targetAt(sending, name)];
  throw noSuchModel(pool, name);
}

function providerOf(all: Pool["all"], name: string): CallContext | undefined {
  const slash = name.indexOf("/");
  if (slash <= 0) return undefined;
  const id = name.slice(0, slash);
  const own = all.find(({ options }) => options.provider.id === id);
  // A catalog may have ids that begin like another provider's name: `openai/gpt-oss-120b` at OpenRouter.
  if (own === undefined || knows(own, name.slice(slash + 1)) || knows(own, name)) return own;
  return all.some((one) => one !== own && knows(one, name)) ? undefined : own;
}

function targetAt(context: CallContext, model: string): Target {
  return { name: `${context.options.provider.id}/${model}`, context, model };
}

/** Whether a provider's list of models could not be read. */
function isUnlisted({ options }: CallContext): boolean {
  const found = options.catalog.find("");
  return found.kind === "unknown" && found.unlisted === true;
}

function knows({ options }: CallContext, name: string): boolean {
  return options.catalog.find(name).kind === "model";
}

function withoutTraining(targets: readonly Target[], training: Training): FoundTargets {
  const isTold = (target: Target): boolean =>
    training === "refused" && target.context.options.provider.terms.training?.value !== "no";
  const leftOut = targets.filter(isTold).map(({ name, context }) => ({
    name,
    why: `${context.options.provider.title} may train on prompts, or does not say that it doesn't, and option "training" is "refused"`,
  }));
  return { targets: unique(targets.filter((target) => !isTold(target))), leftOut };
}

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((target) => [target.name, target])).values()];
}
