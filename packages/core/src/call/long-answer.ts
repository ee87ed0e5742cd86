import type { ChatModel } from "../catalog/model.js";
import type { LongChoice, LongChoiceOptions } from "../continuation/choice-types.js";
import type { Ended, SeamKind } from "../continuation/ended.js";
import { begunAnswer, followUpBody } from "../continuation/follow-up.js";
import { createLongChoice } from "../continuation/long-choice.js";
import { isObject } from "../dialect/field-values.js";
import { isLaplasError } from "../errors/laplas-error.js";
import type { CallContext } from "./call-context.js";
import { prepareCall } from "./prepare-call.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";

// Apart, since the plan of a call asks it too, and this module makes plans.
export { isContinued } from "./is-continued.js";

/** How a part of a long answer came about. */
export interface PartStory {
  /** What the call had cost before it, in the provider's unit: of a part that was given up the cost comes late. */
  readonly costBefore: number;
  readonly seam: SeamKind;
}

/** How a long answer came together. */
export interface LongStory {
  readonly parts: PartStory[];
  /** Why each of its choices is no longer. */
  readonly ended: Ended[];
}

/** One choice of a call's answer, to be continued. @param index its number in the answer */
export function longChoiceOf({ options }: Pick<CallContext, "options">, plan: PreparedCall, index: number): LongChoice {
  const { request, found, limits, continueAtCap } = plan;
  const { body } = request;
  const model = found.model as ChatModel | undefined;
  return createLongChoice(index, {
    begun: begunAnswer(request.messages),
    ...jsonOf(body.response_format),
    stops: stopsOf(body.stop),
    schemaOf: (name) => schemaOf(body, name),
    takesPrefill: model?.capabilities.prefill !== undefined && !isThinking(body),
    takesUnproved: options.continueSeams === "plain",
    most: continueAtCap,
    maxTokens: request.maxOutputTokens,
    capTokens: limits.maxOutputTokens,
  });
}

/** The plan of a follow-up, which is part of the same call. @throws FatalLimitError, FatalUpstreamError */
export function planFollowUp(
  context: CallContext,
  plan: PreparedCall,
  followUp: NonNullable<ReturnType<LongChoice["followUp"]>>,
): PreparedCall {
  const { signal, timeoutMs, deadlineMs, totals } = plan;
  // Who could try again from outside has the beginning of an answer already.
  const { maxRetries } = context.options;
  const options = { signal, timeoutMs, deadlineMs, maxRetries };
  return { ...prepareCall(context, "chat", followUpBody(plan.request.body, followUp), options), totals };
}

/** What a follow-up's failure ends an answer with. */
export function endedBy(error: unknown, signal: AbortSignal | undefined): Ended {
  if (!isLaplasError(error)) return signal?.aborted === true || isAbort(error) ? "aborted" : "failed";
  switch (error.code) {
    case "context_length":
    case "request_size":
      return "context";
    case "daily_quota":
    case "hourly_quota":
    case "monthly_quota":
    case "request_cost":
    case "payment_required":
    case "rate_limited":
      return "budget";
    case "timeout":
      return "deadline";
    case "invalid_request":
    case "authentication":
    case "model_not_on_tier":
    case "output_tokens":
      return "refused";
    default:
      return "failed";
  }
}

function jsonOf(format: unknown): Pick<LongChoiceOptions, "json"> {
  if (!isObject(format) || (format.type !== "json_object" && format.type !== "json_schema")) return {};
  const { json_schema: named } = format;
  return { json: { schema: isObject(named) ? named.schema : undefined } };
}

/** A model that thinks takes no prefill. */
function isThinking({ thinking }: RequestBody): boolean {
  return isObject(thinking) && thinking.type !== "disabled";
}

function stopsOf(stop: unknown): readonly string[] {
  const stops = Array.isArray(stop) ? stop : [stop];
  return stops.filter((one): one is string => typeof one === "string" && one !== "");
}

function schemaOf({ tools }: RequestBody, name: string): unknown {
  if (!Array.isArray(tools)) return undefined;
  const functions = tools.map((tool) => (isObject(tool) && isObject(tool.function) ? tool.function : {}));
  return functions.find((one) => one.name === name)?.parameters;
}

/** Whether it is how a reader leaves. */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null | undefined)?.name === "AbortError";
}
