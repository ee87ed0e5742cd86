import type { CallContext } from "../call/call-context.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { UpstreamError } from "../errors/upstream-errors.js";
import { autoModels } from "./auto-models.js";
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
  /** Why none of those that were left out can be asked. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/** A server whose list could not be had is asked for it again after so long. */
const LIST_PAUSE_MS = 60_000;

/** Routes that a message names. */
const MOST_ROUTES = 8;

/** Asks the providers that list their models for them, where the name may be one of theirs. */
export async function readLists({ all, routes }: Pool, name: string): Promise<void> {
  const named = routes.named.get(name)?.models ?? [name];
  const own = named.map((one) => providerOf(all, one));
  const isExplicit = own.every((one) => one !== undefined);
  const asked = isExplicit ? new Set(own) : new Set(all);
  await Promise.all([...asked].map((one) => one?.options.catalog.ready?.(one.warn)));
}

/** Finds where a model can be asked for. Pure. @throws FatalLimitError `model_not_on_tier`; UpstreamError where no list could be had */
export function findTargets(pool: Pool, name: string): FoundTargets {
  const { all, routes } = pool;
  const route = routes.named.get(name);
  if (route !== undefined) return targetsOfRoute(pool, route.models, route.training ?? routes.training);
  if (AUTO.includes(name) && !all.some((one) => knows(one, name))) {
    const targets = all.flatMap((one) => autoModels(one, name === "auto:tools").map(({ id }) => targetAt(one, id)));
    if (targets.length === 0) refuseUnlisted(all, name);
    return withoutTraining(targets, routes.training);
  }
  return withoutTraining(targetsOf(pool, name), routes.training);
}

/** Without a list nobody knows what is in it, and the next one may be had. @throws UpstreamError */
function refuseUnlisted(all: Pool["all"], name: string): void {
  const titles = all.filter(isUnlisted).map(({ options }) => options.provider.title);
  if (titles.length === 0) return;
  const whose = titles.join(" and ");
  throw new UpstreamError(
    "unavailable",
    `There is no model for ${quote(name)} as long as the list of models of ${whose} can't be read.`,
    {
      retryAfterMs: LIST_PAUSE_MS,
    },
  );
}

function isUnlisted({ options }: CallContext): boolean {
  const found = options.catalog.find("");
  return found.kind === "unknown" && found.unlisted === true;
}

/** A model that no provider lists any longer is no reason to ask none of the others. */
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
function targetsOf({ all, routes }: Pool, name: string): Target[] {
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
  // One that knows why it has no such model says so; one whose list could not be had may have it.
  const telling = all.find((one) => {
    return isUnlisted(one) || one.options.catalog.find(name).kind === "off-tier";
  });
  const sending = telling ?? all.find(({ options }) => options.unknownModels === "send");
  if (sending !== undefined) return [targetAt(sending, name)];
  throw new FatalLimitError(
    "model_not_on_tier",
    `No provider of this engine has a model ${quote(name)}.${meant(all, [...routes.named.keys()], name)}`,
    {
      param: "model",
    },
  );
}

function meant(all: Pool["all"], routes: readonly string[], name: string): string {
  const near = all.flatMap(({ options: { catalog, provider } }) => {
    const found = catalog.find(name);
    return found.kind === "unknown" ? found.suggestions.slice(0, 1).map((id) => `${provider.id}/${id}`) : [];
  });
  const ids = all.map(({ options }) => options.provider.id).join(", ");
  return near.length > 0
    ? ` Did you mean ${near.slice(0, 3).join(" or ")}?`
    : ` Names are provider/model, with a provider of ${ids}; ${[...routes.slice(0, MOST_ROUTES), "auto"].join(", ")} and auto:tools pick one.`;
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
