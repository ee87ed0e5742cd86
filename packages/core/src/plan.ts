import type { AccountCommand } from "./account/account.js";
import { type CallHold, chargeOf, holdOf } from "./account/claims.js";
import { denialError } from "./account/denial-error.js";
import type { AccountLook } from "./account/look.js";
import type { CallContext } from "./call/call-context.js";
import { accountCall, type PreparedCall } from "./call/prepared-call.js";
import { readTokens } from "./call/read-tokens.js";
import { isExpectedWithinContext } from "./call/require-context.js";
import { prepareCall } from "./call/run-call.js";
import type { Model } from "./catalog/model.js";
import { type CheckError, type CostRange, endpointOf, toCheckError } from "./check.js";
import { estimateCost } from "./cost/estimate-cost.js";
import { type CostFields, costIn } from "./cost/meter.js";
import { isLaplasError, type LaplasError } from "./errors/laplas-error.js";
import { LedgerError } from "./errors/setup-errors.js";
import { spreadOver, type WindowPart } from "./plan-windows.js";
import type { ReadRequest } from "./request/read-request.js";
import type { ChatRequest, EmbeddingRequest, ImageRequest } from "./request/wire-types.js";
import type { WindowRule } from "./tier/tier.js";
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
  /** What such calls have cost, or else an estimate; and the most that answers of full length can cost. */
  readonly cost: CostRange;
  /** The cost, where the provider counts in API tokens. */
  readonly apiTokens?: { readonly expected: number; readonly worst: number };
  /** Whether it fits into what is left now. False where that is not known: see `problem`. */
  readonly fitsToday: boolean;
  /** Days it takes, counted from today; with a `problem` at least so many, as if nothing were used. */
  readonly days: number;
  /** Milliseconds until the tier's windows let its last call pass: 0 where all of it fits into what is left of them. */
  readonly takesMs: number;
  /** The rule that makes it take so long. */
  readonly boundBy?: string;
  /** Calls that can never be made, by their place in the job. */
  readonly refused: readonly { readonly index: number; readonly error: CheckError }[];
  /** Where it does not fit: models of the same kind with which all of it would, cheapest first. */
  readonly fitting: readonly FittingModel[];
  /** Why the ledger could not be asked what is left. */
  readonly problem?: string;
}

/** A model, and what the whole job would cost with it; in API tokens too, where the provider counts in those. */
export interface FittingModel extends Pick<CostFields, "apiTokens"> {
  readonly model: string;
  readonly cost: number;
}

/** Alternatives that are worth naming. */
const MOST_FITTING = 5;
const CALLS_PER_LOOK = 64;
const DAY_MS = 86_400_000;

/** A call that the tier takes. */
interface Accepted {
  readonly request: ReadRequest;
  readonly count: number;
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
  const needs = new Map<string, Need>();
  const accepted: Accepted[] = [];
  const refused: { index: number; error: CheckError }[] = [];
  let [calls, requests, expected, worst] = [0, 0, 0, 0];

  for (const [index, { request: body, count = 1 }] of job.entries()) {
    try {
      const endpoint = endpointOf(body);
      const plan = prepareCall(context, endpoint, await readTokens(context, endpoint, body), {});
      const { model } = accountCall(plan);
      const { hold, windows } = await commandThatFits(context, plan);
      const parts = plan.adapted.parts.length * count;
      const cost = hold.usual.credits;
      const need = needs.get(model) ?? { windows, parts: [] };
      need.parts.push({ hold, requests: parts });
      needs.set(model, need);
      calls += count;
      requests += parts;
      expected += cost * parts;
      worst += Math.max(hold.worst.credits, cost) * parts;
      accepted.push({ request: plan.request, count });
    } catch (error) {
      if (!isLaplasError(error) || LedgerError.isInstance(error)) throw error;
      refused.push({ index, error: toCheckError(error) });
    }
  }

  const { days, takesMs, boundBy } = timeFor(await context.account.look([...needs.keys()]), needs);
  const { unit } = context.options.tier;
  return {
    calls,
    requests,
    cost: { expected, worst, unit: unit.name },
    ...(unit.field === "apiTokens" ? { apiTokens: { expected, worst } } : {}),
    fitsToday: days <= 1,
    days,
    takesMs,
    ...(boundBy === undefined ? {} : { boundBy }),
    refused,
    fitting: days <= 1 ? [] : await fittingModels(context, accepted),
  };
}

/** A call in the ledger's terms. @throws LaplasError where not even an empty window would have room for it; LedgerError */
async function commandThatFits({ account, options }: CallContext, plan: PreparedCall): Promise<AccountCommand> {
  const found = await account.commandFor(accountCall(plan));
  const { command, windows, hold } = found;
  const rule = windows.find((one, index) => command.claims[index]?.mustFit === true && holdOf(one, hold) > one.limit);
  if (rule === undefined) return found;
  const { id, limit } = rule;
  const now = options.now();
  throw denialError(
    { reason: "cost", code: "request_cost", rule: id, resetsAt: now, used: 0, limit, now },
    { tier: options.tier, windows, remedy: "" },
  ) satisfies LaplasError;
}

interface JobTime {
  readonly days: number;
  readonly takesMs: number;
  readonly boundBy: string | undefined;
}

/** The longest that any window makes it. */
function timeFor(look: AccountLook, needs: ReadonlyMap<string, Need>): JobTime {
  let longest: JobTime = { days: needs.size === 0 ? 0 : 1, takesMs: 0, boundBy: undefined };
  for (const model of needs.keys()) {
    for (const window of look.windowsOf(model)) {
      const { rule } = window;
      const parts: WindowPart[] = [];
      // One window may count calls of many models together.
      for (const [other, need] of needs) {
        if (rule.scope === "model" && other !== model) continue;
        if (!need.windows.some(({ id }) => id === rule.id)) continue;
        for (const { hold, requests } of need.parts) parts.push({ each: chargeOf(rule, hold, hold.usual), requests });
      }
      const { windows, takesMs } = spreadOver(window, parts, look.now);
      const days = rule.period.type === "day" ? windows : 1 + Math.floor(takesMs / DAY_MS);
      if (days > longest.days || (days === longest.days && takesMs > longest.takesMs))
        longest = { days, takesMs: Math.max(takesMs, longest.takesMs), boundBy: rule.id };
    }
  }
  return longest;
}

/** Models that could do the whole job today. A job of several kinds has none: each kind would need one of its own. */
async function fittingModels(context: CallContext, accepted: readonly Accepted[]): Promise<Plan["fitting"]> {
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
    const need = await needOf(context, model.id, accepted);
    if (need === undefined) continue;
    const cost = need.parts.reduce((sum, { hold, requests }) => sum + hold.usual.credits * requests, 0);
    fitting.push({ model: model.id, cost, ...(tier.unit.field === "apiTokens" ? costIn(tier.unit, cost) : {}) });
    if (fitting.length === MOST_FITTING) break;
  }
  return fitting.sort((one, other) => one.cost - other.cost);
}

/**
 * What a job needs of another model, prepared as its calls would be. `undefined` where one is refused, its cost a guess, or where all of them
 * don't fit into today: that is looked for on the way, since a job may have thousands of calls.
 */
async function needOf(context: CallContext, model: string, accepted: readonly Accepted[]): Promise<Need | undefined> {
  const need: { windows: readonly WindowRule[]; parts: Need["parts"] } = { windows: [], parts: [] };
  const look = await context.account.look([model]);
  for (const [index, { request, count }] of accepted.entries()) {
    try {
      const plan = prepareCall(context, request.endpoint, { ...request.body, model }, {});
      const { hold, windows, isLearned } = await commandThatFits(context, plan);
      if (!isLearned && plan.estimate.basis === "assumed") return undefined;
      need.windows = windows;
      need.parts.push({ hold, requests: plan.adapted.parts.length * count });
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
function canDo(model: Model, accepted: readonly Accepted[]): boolean {
  return accepted.every(({ request }) => {
    if (!isExpectedWithinContext(request, model)) return false;
    if (model.modality !== "chat") return true;
    const { tools, response_format: format } = request.body;
    return (
      (tools === undefined || model.capabilities.tools) && (format === undefined || model.capabilities.responseFormat)
    );
  });
}
