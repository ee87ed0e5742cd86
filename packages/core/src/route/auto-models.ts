import type { CallContext } from "../call/call-context.js";
import type { ChatModel, Model } from "../catalog/model.js";
import { tierLimits } from "../tier/tier-limits.js";

/** `auto` tries at most this many models of a provider: all of them use the same account. */
const MOST_OF_ONE = 12;

/** Cached as long as the provider's list is the same: every call asks, and OpenRouter lists hundreds of models. */
interface Found {
  readonly list: readonly Model[];
  readonly models: Map<boolean, readonly ChatModel[]>;
}

const found: WeakMap<CallContext, Found> = new WeakMap();

/**
 * The chat models of a provider, cheapest first, at equal cost in the provider's order. A tier without windows has no quota to use up, so its
 * models have to be named.
 */
export function autoModels(context: CallContext, callsTools: boolean): readonly ChatModel[] {
  const list = context.options.catalog.models;
  let known = found.get(context);
  if (known?.list !== list) {
    known = { list, models: new Map() };
    found.set(context, known);
  }
  const models = known.models.get(callsTools) ?? cheapest(context, list, callsTools);
  known.models.set(callsTools, models);
  return models;
}

function cheapest(
  { options: { tier } }: CallContext,
  list: readonly Model[],
  callsTools: boolean,
): readonly ChatModel[] {
  if (!tier.rules.some(({ kind }) => kind === "window")) return [];
  return list
    .filter((model): model is ChatModel => model.modality === "chat" && tierLimits(tier, model).isServed)
    .filter(({ capabilities }) => !callsTools || capabilities.tools)
    .map((model, place) => ({ model, place, cost: costOf(model) }))
    .sort((one, other) => one.cost - other.cost || one.place - other.place)
    .slice(0, MOST_OF_ONE)
    .map(({ model }) => model);
}

/** The cost of the sample call, or of one token in and one out. Models without a price come last. */
function costOf({ hello, rates }: Model): number {
  const { input, output } = hello ?? rates ?? { input: 0, output: 0 };
  return hello === undefined && rates === undefined ? Number.MAX_VALUE : input + output;
}
