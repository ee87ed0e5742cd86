import type { ChatModel } from "../catalog/model.js";
import type { LongChoice, LongChoiceOptions } from "../continuation/choice-types.js";
import { begunAnswer, followUpBody } from "../continuation/follow-up.js";
import { createLongChoice } from "../continuation/long-choice.js";
import { isObject } from "../dialect/field-values.js";
import type { CallContext } from "./call-context.js";
import { prepareCall } from "./prepare-call.js";
import type { PreparedCall, RequestBody } from "./prepared-call.js";

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
