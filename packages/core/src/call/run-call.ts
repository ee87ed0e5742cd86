import type { Reservation } from "../account/reserve.js";
import { type CostEstimate, estimateCost, shareOf } from "../cost/estimate-cost.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { count, duration } from "../options-table.js";
import type { Adjustment } from "../request/adjustment.js";
import { type Endpoint, readRequest } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import { decide } from "../tier/decide.js";
import { adaptRequest } from "./adapt-request.js";
import { answerStream, type StreamForm } from "./answer-stream.js";
import type { CallContext } from "./call-context.js";
import type { CallOptions } from "./call-options.js";
import { hasCostCap, overCostCap } from "./cost-cap.js";
import { fetchCompletion } from "./fetch-completion.js";
import { giveCompleted, givePictures } from "./give-pictures.js";
import { observeCall } from "./observe-call.js";
import { accountCall, createTotals, type PreparedCall } from "./prepared-call.js";
import { abortReason, raceAbort } from "./race-abort.js";
import { readTokens, TOKENS_AS_TEXT } from "./read-tokens.js";
import { requireBudget } from "./require-budget.js";
import { requireContext } from "./require-context.js";
import { resolveModel } from "./resolve-model.js";
import { withRetries } from "./retry.js";
import { type CallOutcome, shapeStream, shapeWhole, withCompleted } from "./shape-answer.js";

/**
 * One call, from the caller's body to the caller's answer. Every door comes through here.
 *
 * @throws LaplasError; the signal's reason, marked as not retryable
 */
export async function runCall<Item>(
  context: CallContext,
  endpoint: Endpoint,
  body: unknown,
  options: CallOptions,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const { signal } = options;
  const observer = observeCall(context, endpoint, body, options.requestId);
  try {
    const { ready } = context.options.catalog;
    if (ready !== undefined) await raceAbort(ready(context.warn), signal, () => {});
    const plan = await prepareKnowingPrices(context, endpoint, body, options);
    observer.planned(plan);
    if (signal?.aborted === true) throw signal.reason;

    const [first] = plan.adapted.parts;
    if (plan.adapted.stream && first !== undefined) {
      const stream = await withRetries(context, plan, async () => {
        return answerStream(context, plan, first.body, await acquireSlot(context, plan), form);
      });
      return shapeStream(plan, stream, observer);
    }

    if (plan.adapted.parts.length > 1) await requireBudget(context, plan);
    const answers: JsonObject[] = [];
    for (const part of plan.adapted.parts) {
      const answer = withRetries(context, plan, async () => {
        return fetchCompletion(context, plan, part.body, await acquireSlot(context, plan));
      });
      answers.push(
        await answer.catch(async (error) => {
          throw await giveCompleted(context, plan, withCompleted(error, plan, answers));
        }),
      );
    }
    const outcome = await givePictures(context, plan, shapeWhole(context, plan, answers, form), observer);
    observer.answered();
    return outcome;
  } catch (error) {
    const thrown = signal?.aborted === true && error === signal.reason ? abortReason(signal) : error;
    observer.failed(thrown, signal?.aborted === true);
    throw thrown;
  }
}

/** Plans a call, and refuses one whose price the server has refused since the last reset. */
export async function prepareKnowingPrices(
  context: CallContext,
  endpoint: Endpoint,
  asked: unknown,
  options: CallOptions,
): Promise<PreparedCall> {
  const body = await readTokens(context, endpoint, asked);
  const plan = prepareCall(context, endpoint, body, options);
  const isRefused = hasCostCap(context, plan) && (await overCostCap(context, plan));
  if (isRefused) return prepareCall(context, endpoint, body, options, true);
  return body === asked ? plan : { ...plan, adjusted: [...plan.adjusted, TOKENS_AS_TEXT] };
}

/**
 * The steps that need neither ledger nor network: read, find, decide, adapt. Pure.
 *
 * @throws FatalLimitError, FatalUpstreamError, InvalidOptionsError
 */
export function prepareCall(
  context: CallContext,
  endpoint: Endpoint,
  body: unknown,
  options: CallOptions,
  refusedForCost = false,
): PreparedCall {
  const { tier, onExcess, provider, timeoutMs, deadlineMs, maxRetries, now } = context.options;
  const request = readRequest(endpoint, body);
  const found = resolveModel(request, context.options);
  const decision = decide(tier, {
    request,
    model: found.model,
    onExcess,
    refusedForCost,
    unknownRates: provider.unknownRates,
  });
  if (decision.action === "refuse") {
    const { code, message, rule, param } = decision;
    throw new FatalLimitError(code, `${tier.title}: ${message}`, param === undefined ? { rule } : { rule, param });
  }
  requireContext(request, found.model);
  const adapted = adaptRequest(request, found, decision.limits, provider.paths);
  if (onExcess === "refuse") refuseChanges(adapted.adjustments, found.id);
  return {
    request,
    found,
    adapted,
    limits: decision.limits,
    estimate: estimatePart(context, { request, found, adapted, limits: decision.limits }),
    unit: tier.unit,
    adjusted: [...decision.adjustments, ...adapted.adjustments],
    cappedByTier: decision.limits.maxOutputTokens !== request.maxOutputTokens,
    createdAt: Math.floor(now() / 1_000),
    timeoutMs: duration("timeoutMs", options.timeoutMs, timeoutMs),
    deadlineMs: duration("deadlineMs", options.deadlineMs, deadlineMs),
    maxRetries: count("maxRetries", options.maxRetries, maxRetries),
    signal: options.signal,
    totals: createTotals(options.requestId),
  };
}

/** What each request of a call may use. Of a chat that is asked several times each reads the prompt. */
function estimatePart(
  { options: { provider } }: CallContext,
  { request, found, adapted, limits }: Pick<PreparedCall, "request" | "found" | "adapted" | "limits">,
): CostEstimate {
  const requests = adapted.parts.length;
  if (request.endpoint === "chat" && requests > 1) {
    const single = { ...request, body: { ...request.body, n: 1 } };
    return estimateCost(single, found.model, limits.maxOutputTokens, provider);
  }
  return shareOf(estimateCost(request, found.model, limits.maxOutputTokens, provider), requests);
}

/** @throws FatalUpstreamError `invalid_request` for the first field with which the answer could differ from what was asked for */
function refuseChanges(adjustments: readonly Adjustment[], model: string): void {
  const change = adjustments.find(({ changesAnswer }) => changesAnswer === true);
  if (change === undefined) return;
  throw new FatalUpstreamError(
    "invalid_request",
    `${quote(model)} does not take ${quote(change.field)} as it is (it would become ${change.to}), and onExcess is "refuse". Leave it out, or take another model.`,
    { param: change.field },
  );
}

async function acquireSlot(context: CallContext, plan: PreparedCall): Promise<Reservation> {
  const reservation = await context.account.reserve(accountCall(plan), plan.signal);
  plan.totals.waitedMs += reservation.waitedMs;
  // Another call may have learned the price while this one waited.
  try {
    if (hasCostCap(context, plan) && (await overCostCap(context, plan)))
      prepareCall(context, plan.request.endpoint, plan.request.body, {}, true);
  } catch (error) {
    await reservation.cancel();
    throw error;
  }
  plan.totals.attempts += 1;
  plan.totals.left = reservation.left();
  return reservation;
}
