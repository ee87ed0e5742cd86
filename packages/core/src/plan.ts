import type { CallContext } from "./call/call-context.js";
import { accountCall } from "./call/prepared-call.js";
import { readTokens } from "./call/read-tokens.js";
import { type CheckError, type CostRange, endpointOf, type LengthOptions, toCheckError } from "./check.js";
import { isLaplasError } from "./errors/laplas-error.js";
import { quote } from "./errors/quote.js";
import { InvalidOptionsError, LedgerError } from "./errors/setup-errors.js";
import { type LongAnswerCost, sumLongAnswers, withoutShareOfLeft } from "./long-answer-cost.js";
import { decideCall } from "./plan-call.js";
import { type AcceptedCall, type FittingModel, fittingModels } from "./plan-fitting.js";
import { addCall, emptyNeed, type ModelNeed, timeFor } from "./plan-time.js";
import type { ChatRequest, EmbeddingRequest, ImageRequest } from "./request/wire-types.js";
import { answerWithoutCounts } from "./without-counts.js";

export type { FittingModel } from "./plan-fitting.js";

/** A part of a job: a request, and how often it will be made. */
export interface PlannedCall {
  readonly request: ChatRequest | EmbeddingRequest | ImageRequest;
  /** A whole number, 1 or more. @default 1 */
  readonly count?: number | undefined;
}

/** A call of which one costs more than the whole limit of a window. */
export interface OverLimitCall {
  /** Its place in the job. */
  readonly index: number;
  /** The window's rule, and its limit. */
  readonly rule: string;
  readonly limit: number;
}

/** What a job needs on this tier. */
export interface Plan {
  /** Calls that the tier takes. */
  readonly calls: number;
  /** Requests that they become: a call may be split. */
  readonly requests: number;
  /** What such calls have cost, or else an estimate; and the most that answers of full length can cost. */
  readonly cost: CostRange;
  /**
   * What those calls cost whose answers may be continued, if all of these are as long as they may be. `cost`, `days` and the like count the
   * first request of each.
   */
  readonly longAnswers?: LongAnswerCost;
  /** The cost, where the provider counts in API tokens. */
  readonly apiTokens?: { readonly expected: number; readonly worst: number };
  /**
   * Whether windows and blocks let its last call pass before today's reset. False where that is not known (see `problem`), and where the
   * tier takes none of its calls.
   */
  readonly fitsToday: boolean;
  /**
   * Days it takes, today included; with a `problem` at least so many, as if nothing were used. A day ends with the reset of the windows of a
   * day that bind the job; where there are none, at midnight UTC.
   */
  readonly days: number;
  /** Days it takes if every call costs the most that it can; absent where these are no more than `days`. */
  readonly worstDays?: number;
  /**
   * Milliseconds until the tier's windows and the server's blocks let its last call pass: 0 where all of it fits into what is left of them.
   * How long requests run is not in it, since nobody knows that before: where `atOnce` is set and is less than `requests`, the time of
   * `requests / atOnce` of them, one after another, is a lower bound as well.
   */
  readonly takesMs: number;
  /** Requests of the account that the tier lets run at once; absent where it does not bound them. */
  readonly atOnce?: number;
  /** The rule that makes it take so long. */
  readonly boundBy?: string;
  /** Calls that can never be made, by their place in the job; those among them that the provider does not serve until `resume()`. */
  readonly refused: readonly { readonly index: number; readonly error: CheckError }[];
  /** Calls of which one takes all of a window and more: it passes while anything is left, and nothing passes after it until the reset. */
  readonly overLimit: readonly OverLimitCall[];
  /** Where it does not fit: models of the same kind with which all of it would, cheapest first. */
  readonly fitting: readonly FittingModel[];
  /** Why the ledger could not be asked what is left. */
  readonly problem?: string;
}

/**
 * Plans a job: decides on every call, and asks the ledger what is left. Nothing is sent or written. A ledger that fails is told.
 *
 * @throws InvalidOptionsError for a job that is none, and for a count that is not a whole number of 1 or more
 */
export async function planJob(
  context: CallContext,
  job: readonly PlannedCall[],
  options: LengthOptions = {},
): Promise<Plan> {
  requireJob(job);
  const { answer, problem } = await answerWithoutCounts(context, (asked) => planWithCounts(asked, job, options));
  if (problem === undefined) return answer;
  const { longAnswers: long, ...known } = answer;
  const longAnswers = long === undefined ? {} : { longAnswers: withoutShareOfLeft(long) };
  return { ...known, ...longAnswers, fitsToday: false, fitting: [], problem: problem.message };
}

function requireJob(job: unknown): void {
  if (!Array.isArray(job)) throw new InvalidOptionsError(`A job must be a list of calls, not ${quote(job)}.`);
  for (const [index, call] of job.entries()) {
    if (typeof call !== "object" || call === null)
      throw new InvalidOptionsError(`The call at index ${index} must be { request, count }, not ${quote(call)}.`);
    const { count } = call as { count?: unknown };
    if (count === undefined || (Number.isSafeInteger(count) && Number(count) >= 1)) continue;
    throw new InvalidOptionsError(
      `"count" of the call at index ${index} must be a whole number, 1 or more, not ${quote(count)}.`,
    );
  }
}

/** @throws LedgerError */
async function planWithCounts(
  context: CallContext,
  job: readonly PlannedCall[],
  options: LengthOptions,
): Promise<Plan> {
  const needs = new Map<string, ModelNeed>();
  const accepted: AcceptedCall[] = [];
  const refused: { index: number; error: CheckError }[] = [];
  const overLimit: OverLimitCall[] = [];
  const closed = await context.account.look([]);
  const long = sumLongAnswers();
  let [calls, requests, expected, worst] = [0, 0, 0, 0];
  let atOnce = Number.POSITIVE_INFINITY;

  for (const [index, { request: body, count = 1 }] of job.entries()) {
    try {
      const endpoint = endpointOf(body);
      const read = await readTokens(context, endpoint, body);
      const call = await decideCall(context, endpoint, read, closed, options);
      const { prepared, command, hold, windows, overWindow } = call;
      const { model } = accountCall(prepared);
      const parts = prepared.adapted.parts.length * count;
      const cost = hold.usual.credits;
      const need = needs.get(model) ?? emptyNeed();
      addCall(need, call, parts);
      needs.set(model, need);
      long.add(prepared, windows, count);
      calls += count;
      requests += parts;
      expected += cost * parts;
      worst += Math.max(hold.worst.credits, cost) * parts;
      accepted.push({ request: prepared.request, count });
      for (const { limit } of command.slots) atOnce = Math.min(atOnce, limit);
      if (overWindow !== undefined) overLimit.push({ index, rule: overWindow.id, limit: overWindow.limit });
    } catch (error) {
      if (!isLaplasError(error) || LedgerError.isInstance(error)) throw error;
      refused.push({ index, error: toCheckError(error) });
    }
  }

  const look = await context.account.look([...needs.keys()]);
  const { days, takesMs, boundBy } = timeFor(look, needs);
  const { days: worstDays } = timeFor(look, needs, "worst");
  const { unit } = context.options.tier;
  const longAnswers = long.total(unit, look);
  const isRefused = calls === 0 && refused.length > 0;
  return {
    calls,
    requests,
    cost: { expected, worst, unit: unit.name },
    ...(longAnswers === undefined ? {} : { longAnswers }),
    ...(unit.field === "apiTokens" ? { apiTokens: { expected, worst } } : {}),
    fitsToday: days <= 1 && !isRefused,
    days,
    ...(worstDays > days ? { worstDays } : {}),
    takesMs,
    ...(Number.isFinite(atOnce) ? { atOnce } : {}),
    ...(boundBy === undefined ? {} : { boundBy }),
    refused,
    overLimit,
    fitting: days <= 1 ? [] : await fittingModels(context, accepted, closed),
  };
}
