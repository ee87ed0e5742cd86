import { type CostEstimate, estimateCost, shareOf } from "../cost/estimate-cost.js";
import { FatalLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import { count, duration, optionTable } from "../options-table.js";
import type { Adjustment } from "../request/adjustment.js";
import { type Endpoint, readRequest } from "../request/read-request.js";
import { decide } from "../tier/decide.js";
import { adaptRequest } from "./adapt-request.js";
import { withAsked } from "./asked-for.js";
import type { CallContext } from "./call-context.js";
import type { DoorOptions } from "./call-options.js";
import { hasCostCap, overCostCap } from "./cost-cap.js";
import { isContinued } from "./is-continued.js";
import { createTotals, type PreparedCall } from "./prepared-call.js";
import { readTokens, TOKENS_AS_TEXT } from "./read-tokens.js";
import { requireContext } from "./require-context.js";
import { resolveModel } from "./resolve-model.js";

/** Plans the chats of a call as one, or its one request. @param bodies at least one @throws FatalLimitError, FatalUpstreamError, InvalidOptionsError */
export async function prepareCalls(
  context: CallContext,
  endpoint: Endpoint,
  bodies: readonly unknown[],
  options: DoorOptions,
): Promise<[PreparedCall, ...PreparedCall[]]> {
  const [first, ...others] = bodies;
  const plan = await prepareKnowingPrices(context, endpoint, first, options);
  if (others.length === 0) return [plan];
  const { totals } = plan;
  const plans = others.map((body) => ({ ...prepareCall(context, endpoint, body, options), totals }));
  const adjusted = new Map([plan, ...plans].flatMap(({ adjusted }) => adjusted.map((one) => [one.to, one] as const)));
  return [{ ...plan, adjusted: [...adjusted.values()] }, ...plans];
}

/** Plans a call, and refuses one whose price the server has refused since the last reset. */
export async function prepareKnowingPrices(
  context: CallContext,
  endpoint: Endpoint,
  asked: unknown,
  options: DoorOptions,
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
  options: DoorOptions,
  refusedForCost = false,
): PreparedCall {
  const { tier, onExcess, provider, timeoutMs, deadlineMs, maxRetries, continueAtCap, now } = context.options;
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
  const { adjusted = [] } = options;
  const adapted = adaptRequest(request, found, decision.limits, provider);
  if (onExcess === "refuse") refuseChanges([...adjusted, ...adapted.adjustments], found.id);
  const length = {
    request,
    cappedByTier: decision.limits.maxOutputTokens !== request.maxOutputTokens,
    continueAtCap: count("continueAtCap", options.continueAtCap, continueAtCap, optionTable.continueAtCap.max),
  };
  return {
    ...length,
    found,
    adapted,
    limits: decision.limits,
    estimate: estimatePart(context, { request, found, adapted, limits: decision.limits }),
    unit: tier.unit,
    provider: provider.id,
    adjusted: [
      ...adjusted,
      ...decision.adjustments.map((one) => ofEachRequest(one, length)),
      ...adapted.adjustments,
    ].map((one) => withAsked(one, request)),
    createdAt: Math.floor(now() / 1_000),
    timeoutMs: duration("timeoutMs", options.timeoutMs, timeoutMs),
    deadlineMs: duration("deadlineMs", options.deadlineMs, deadlineMs),
    maxRetries: count("maxRetries", options.maxRetries, maxRetries),
    signal: options.signal,
    totals: createTotals(options.requestId),
  };
}

/** Of an answer that is continued, the limit on the output is each request's: the answer itself is longer. */
function ofEachRequest(
  adjustment: Adjustment,
  length: Pick<PreparedCall, "request" | "cappedByTier" | "continueAtCap">,
): Adjustment {
  if (adjustment.field !== length.request.outputLimitField || !isContinued(length)) return adjustment;
  return { ...adjustment, to: `${adjustment.to}_per_request` };
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
