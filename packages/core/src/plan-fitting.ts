import type { CallContext } from "./call/call-context.js";
import { isExpectedWithinContext } from "./call/require-context.js";
import { answersInFormat } from "./catalog/answers-in-format.js";
import type { Model } from "./catalog/model.js";
import { estimateCost } from "./cost/estimate-cost.js";
import { type CostFields, costIn } from "./cost/meter.js";
import { isLaplasError } from "./errors/laplas-error.js";
import { LedgerError } from "./errors/setup-errors.js";
import { type Closed, decideCall } from "./plan-call.js";
import { addCall, emptyNeed, type ModelNeed, timeFor } from "./plan-time.js";
import type { ReadRequest } from "./request/read-request.js";

/** A model, and what the whole job would cost with it; in API tokens too, where the provider counts in those. */
export interface FittingModel extends Pick<CostFields, "apiTokens"> {
  readonly model: string;
  readonly cost: number;
}

/** A call that the tier takes. */
export interface AcceptedCall {
  readonly request: ReadRequest;
  readonly count: number;
}

/** Alternatives that are worth naming. */
const MOST_FITTING = 5;
const CALLS_PER_LOOK = 64;

/** Models that could do the whole job today. A job of several kinds has none: each kind would need one of its own. */
export async function fittingModels(
  context: CallContext,
  accepted: readonly AcceptedCall[],
  closed: Closed,
): Promise<readonly FittingModel[]> {
  const [first] = accepted;
  const endpoint = first?.request.endpoint;
  if (first === undefined || endpoint === "image" || accepted.some(({ request }) => request.endpoint !== endpoint))
    return [];
  const asked = new Set(accepted.map(({ request }) => request.model));
  const { catalog, provider, tier } = context.options;
  const price = (model: Model): number =>
    estimateCost(first.request, model, first.request.maxOutputTokens, provider).expected.credits;
  const candidates = catalog.models
    .filter((model) => model.modality === endpoint && !asked.has(model.id) && canDo(model, accepted))
    .map((model) => ({ model, price: price(model) }))
    .sort((one, other) => one.price - other.price);
  const fitting: FittingModel[] = [];
  for (const { model } of candidates) {
    const need = await needOf(context, model.id, accepted, closed);
    if (need === undefined) continue;
    const cost = need.parts.reduce((sum, { hold, requests }) => sum + hold.usual.credits * requests, 0);
    fitting.push({ model: model.id, cost, ...(tier.unit.field === "apiTokens" ? costIn(tier.unit, cost) : {}) });
    if (fitting.length === MOST_FITTING) break;
  }
  return fitting.sort((one, other) => one.cost - other.cost);
}

/**
 * What a job needs of another model, prepared as its calls would be. `undefined` where one is refused or closed now, its cost a guess, or
 * where all of them don't fit into today: that is looked for on the way, since a job may have thousands of calls.
 */
async function needOf(
  context: CallContext,
  model: string,
  accepted: readonly AcceptedCall[],
  closed: Closed,
): Promise<ModelNeed | undefined> {
  const need = emptyNeed();
  const look = await context.account.look([model]);
  for (const [index, { request, count }] of accepted.entries()) {
    try {
      const call = await decideCall(context, request.endpoint, { ...request.body, model }, closed);
      const isGuess = !call.isLearned && call.prepared.estimate.basis === "assumed";
      if (isGuess || call.block !== undefined) return undefined;
      addCall(need, call, call.prepared.adapted.parts.length * count);
      const isTimeToLook = index % CALLS_PER_LOOK === 0 || index === accepted.length - 1;
      if (isTimeToLook && timeFor(look, new Map([[model, need]])).days > 1) return undefined;
    } catch (error) {
      if (!isLaplasError(error) || LedgerError.isInstance(error)) throw error;
      return undefined;
    }
  }
  return need;
}

/** Whether a model has room for the prompts, and a chat model is documented to do what the calls ask for. */
function canDo(model: Model, accepted: readonly AcceptedCall[]): boolean {
  return accepted.every(({ request }) => {
    if (!isExpectedWithinContext(request, model)) return false;
    if (model.modality !== "chat") return true;
    const { tools, response_format: format } = request.body;
    return (tools === undefined || model.capabilities.tools) && (format === undefined || answersInFormat(model));
  });
}
