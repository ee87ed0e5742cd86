import type { CallContext } from "../call/call-context.js";
import type { ChatModel, Model } from "../catalog/model.js";
import { tierLimits } from "../tier/tier-limits.js";

/** Of one provider so many models are tried by `auto`: all have the same account. */
const MOST_OF_ONE = 12;

/** What was found, as long as the provider's list is the same: OpenRouter's has hundreds of models, and each call asks. */
interface Found {
  readonly list: readonly Model[];
  readonly models: Map<boolean, readonly ChatModel[]>;
}

const found: WeakMap<CallContext, Found> = new WeakMap();

/**
 * The chat models of a provider, cheapest first, else in the provider's own order. A tier without windows is not there to be used up: it
 * has to be named.
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

/** Of a token in and one out, or of the sample call; what has no price of its own is as dear as any other such. */
function costOf({ hello, rates }: Model): number {
  const { input, output } = hello ?? rates ?? { input: 0, output: 0 };
  return hello === undefined && rates === undefined ? Number.MAX_VALUE : input + output;
}
