import { type CallHold, chargeOf } from "./account/claims.js";
import type { CallContext } from "./call/call-context.js";
import { accountCall } from "./call/prepared-call.js";
import { prepareCall } from "./call/run-call.js";
import type { Model } from "./catalog/model.js";
import { type CheckError, endpointOf, toCheckError } from "./check.js";
import { estimateCost, hasKnownRates } from "./cost/estimate-cost.js";
import { isLaplasError } from "./errors/laplas-error.js";
import { LedgerError } from "./errors/setup-errors.js";
import type { ReadRequest } from "./request/read-request.js";
import type { ChatRequest, EmbeddingRequest, ImageRequest } from "./request/wire-types.js";
import { lengthMs } from "./tier/period.js";
import type { WindowRule } from "./tier/tier.js";
import { tierLimits } from "./tier/tier-limits.js";
import { answerWithoutCounts } from "./without-counts.js";

/** A part of a job: a request, and how often it will be made. */
export interface PlannedCall {
  readonly request: ChatRequest | EmbeddingRequest | ImageRequest;
  /** @default 1 */
  readonly count?: number | undefined;
}

/** What a job needs on this tier. */
export interface Plan {
  /** Calls that the tier takes. */
  readonly calls: number;
  /** Requests that they become: a call may be split. */
  readonly requests: number;
  /** API tokens: what such calls have cost, or else an estimate; and the most that answers of full length can cost. */
  readonly apiTokens: { readonly expected: number; readonly worst: number };
  /** Whether it fits into what is left now. False where that is not known: see `problem`. */
  readonly fitsToday: boolean;
  /** Days it takes, counted from today; with a `problem` at least so many, as if nothing were used. */
  readonly days: number;
  /** The rule that makes it take more than today. */
  readonly boundBy?: string;
  /** Calls that can never be made, by their place in the job. */
  readonly refused: readonly { readonly index: number; readonly error: CheckError }[];
  /** Where it does not fit: models of the same kind with which all of it would, cheapest first, by published or inferred prices. */
  readonly fitting: readonly { readonly model: string; readonly apiTokens: number }[];
  /** Why the ledger could not be asked what is left. */
  readonly problem?: string;
}

/** Alternatives that are worth naming. */
const MOST_FITTING = 5;
const DAY_MS = 86_400_000;

/** A call that the tier takes. */
interface Accepted {
  readonly request: ReadRequest;
  readonly count: number;
  readonly maxOutputTokens: number | undefined;
}

/** What the calls of one model need. */
interface Need {
  readonly windows: readonly WindowRule[];
  readonly parts: { readonly hold: CallHold; readonly requests: number }[];
}

/** Plans a job: decides on every call, and asks the ledger what is left. Nothing is sent or written. A ledger that fails is told. */
export async function planJob(context: CallContext, job: readonly PlannedCall[]): Promise<Plan> {
  const { answer, problem } = await answerWithoutCounts(context, (asked) => planWithCounts(asked, job));
  if (problem === undefined) return answer;
  return { ...answer, fitsToday: false, fitting: [], problem: problem.message };
}

/** @throws LedgerError */
async function planWithCounts(context: CallContext, job: readonly PlannedCall[]): Promise<Plan> {
  const { account } = context;
  const needs = new Map<string, Need>();
  const accepted: Accepted[] = [];
  const refused: { index: number; error: CheckError }[] = [];
  let [calls, requests, expected, worst] = [0, 0, 0, 0];

  for (const [index, { request: body, count = 1 }] of job.entries()) {
    try {
      const plan = prepareCall(context, endpointOf(body), body, {});
      const call = accountCall(plan);
      const { model } = call;
      const { hold, windows } = await account.commandFor(call);
      const parts = plan.adapted.parts.length * count;
      const cost = hold.usual.credits;
      const need = needs.get(model) ?? { windows, parts: [] };
      need.parts.push({ hold, requests: parts });
      needs.set(model, need);
      calls += count;
      requests += parts;
      expected += cost * parts;
      worst += Math.max(hold.worst.credits, cost) * parts;
      accepted.push({ request: plan.request, count, maxOutputTokens: plan.limits.maxOutputTokens });
    } catch (error) {
      if (!isLaplasError(error) || LedgerError.isInstance(error)) throw error;
      refused.push({ index, error: toCheckError(error) });
    }
  }

  const { days, boundBy } = await daysFor(context, needs);
  return {
    calls,
    requests,
    apiTokens: { expected, worst },
    fitsToday: days <= 1,
    days,
    ...(boundBy === undefined || days <= 1 ? {} : { boundBy }),
    refused,
    fitting: days <= 1 ? [] : await fittingModels(context, accepted),
  };
}

/** The longest that any window makes it. */
async function daysFor(
  { account }: CallContext,
  needs: ReadonlyMap<string, Need>,
): Promise<{ days: number; boundBy: string | undefined }> {
  const look = await account.look([...needs.keys()]);
  let longest: { days: number; boundBy: string | undefined } = { days: needs.size === 0 ? 0 : 1, boundBy: undefined };
  for (const model of needs.keys()) {
    for (const { rule, used, held } of look.windowsOf(model)) {
      let amount = 0;
      // One window may count calls of many models together.
      for (const [other, need] of needs) {
        if (rule.scope === "model" && other !== model) continue;
        if (!need.windows.some(({ id }) => id === rule.id)) continue;
        for (const { hold, requests } of need.parts) amount += requests * chargeOf(rule, hold, hold.usual);
      }
      const days = daysOf(rule, amount, rule.limit - used - held);
      if (days > longest.days) longest = { days, boundBy: rule.id };
    }
  }
  return longest;
}

function daysOf({ limit, period }: WindowRule, amount: number, left: number): number {
  // Once nothing is left nothing is admitted, whatever it costs.
  const periods = amount <= left && left > 0 ? 1 : 1 + Math.max(1, Math.ceil((amount - Math.max(0, left)) / limit));
  if (period.type === "day" || periods === 1) return periods;
  return Math.max(1, Math.ceil((periods * lengthMs(period)) / DAY_MS));
}

/** Models that could do the whole job today. A job of several kinds has none: each kind would need one of its own. */
async function fittingModels(context: CallContext, accepted: readonly Accepted[]): Promise<Plan["fitting"]> {
  const endpoint = accepted[0]?.request.endpoint;
  if (endpoint === undefined || endpoint === "image" || accepted.some(({ request }) => request.endpoint !== endpoint))
    return [];
  const asked = new Set(accepted.map(({ request }) => request.model));
  const { catalog, tier } = context.options;
  const candidates = catalog.models.filter(
    (model) =>
      model.modality === endpoint &&
      !asked.has(model.id) &&
      hasKnownRates(model) &&
      canDo(model, accepted) &&
      tierLimits(tier, model).isServed,
  );
  const fitting: { model: string; apiTokens: number }[] = [];
  for (const model of candidates) {
    let apiTokens = 0;
    const parts: Need["parts"] = [];
    for (const { request, count, maxOutputTokens } of accepted) {
      const { expected, worst } = estimateCost(request, model, maxOutputTokens);
      apiTokens += expected.credits * count;
      parts.push({ hold: { usual: expected, worst }, requests: count });
    }
    const windows = await context.account.windowsFor(model.id);
    const { days } = await daysFor(context, new Map([[model.id, { windows, parts }]]));
    if (days <= 1) fitting.push({ model: model.id, apiTokens });
  }
  return fitting.sort((one, other) => one.apiTokens - other.apiTokens).slice(0, MOST_FITTING);
}

/** Whether a chat model is documented to do what the calls ask for. */
function canDo(model: Model, accepted: readonly Accepted[]): boolean {
  if (model.modality !== "chat") return true;
  return accepted.every(
    ({ request: { body } }) =>
      (body.tools === undefined || model.capabilities.tools) &&
      (body.response_format === undefined || model.capabilities.responseFormat),
  );
}
