import { isObject } from "../dialect/field-values.js";
import { changeChoices, mapChanged } from "../dialect/map-changed.js";
import type { ChatCompletion, JsonObject } from "../request/wire-types.js";
import { endReason } from "./end-choices.js";
import { fillCall } from "./fill-call.js";
import type { PreparedCall } from "./prepared-call.js";

/**
 * A whole answer of a chat with what its server left out. Clients that check answers refuse one without a date or an id. What has
 * another shape is left for the check.
 */
export function fillAnswer(
  answer: JsonObject,
  { request, totals, createdAt }: Pick<PreparedCall, "request" | "totals" | "createdAt">,
): JsonObject {
  const { id, object, created, model, choices } = answer;
  return {
    ...answer,
    id: typeof id === "string" && id !== "" ? id : totals.requestId,
    object: typeof object === "string" ? object : "chat.completion",
    created: typeof created === "number" ? created : createdAt,
    model: typeof model === "string" ? model : request.model,
    choices: Array.isArray(choices) ? mapChanged<unknown>(choices, fillChoice) : choices,
  };
}

function fillChoice(given: unknown, place: number): unknown {
  if (!isObject(given)) return given;
  const choice = typeof given.index === "number" ? given : { ...given, index: place };
  const { message } = choice;
  if (!isObject(message) || message.tool_calls === undefined) return choice;
  const { tool_calls: calls, ...others } = message;
  if (calls === null || (Array.isArray(calls) && calls.length === 0)) return { ...choice, message: others };
  if (!Array.isArray(calls)) return choice;
  const filled = mapChanged<unknown>(calls, (call) => (isObject(call) ? fillCall(call, true) : call));
  return filled === calls ? choice : { ...choice, message: { ...message, tool_calls: filled } };
}

/** An answer whose choices with calls end with them: the same object where nothing changes. */
export function endWithCalls(answer: ChatCompletion): ChatCompletion {
  return changeChoices(answer, (choice) => {
    const finish_reason = endReason(choice.finish_reason, Boolean(choice.message.tool_calls?.length));
    return finish_reason === choice.finish_reason ? choice : { ...choice, finish_reason };
  });
}
