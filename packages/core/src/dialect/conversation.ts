import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ContentPart, ToolCall } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isObject, writeJson } from "./field-values.js";
import { functionsAsTools } from "./legacy-functions.js";
import { noSuchCall } from "./no-such-call.js";

/** Result of a call that has none: a user stopped the agent, or it died. */
const INTERRUPTED = "(interrupted: this call has no result)";
/** Between two results of one call. */
const BETWEEN = "\n\n";

/** A message, and where the caller has it. */
interface Placed {
  readonly message: ChatMessage;
  readonly place: number;
}

/**
 * A conversation in which each call of a tool is followed at once by its one result, as every server demands: calls of OpenAI's older words
 * become tools', results move behind their call, several results of one call become one, and a call without a result gets one that says so.
 *
 * @throws FatalUpstreamError `invalid_request` for a result of a call that is not there
 */
export function mendConversation(draft: ChatDraft): void {
  draft.messages = functionsAsTools(draft);
  if (!draft.messages.some(({ role, tool_calls: calls }) => role === "tool" || (calls !== undefined && calls !== null)))
    return;
  const given = draft.messages.map((message, index): Placed => {
    const place = draft.places[index] ?? index;
    return { message: withWholeCalls(message, place, draft), place };
  });
  const results = claimResults(given);
  const mended: Placed[] = [];
  /** Where what the caller sent stands now. */
  const order: number[] = [];
  for (const { message, place } of given) {
    if (message.role === "tool") continue;
    mended.push({ message, place });
    order.push(place);
    for (const call of message.tool_calls ?? []) {
      const found = results.get(call) ?? [];
      mended.push(resultOf(call, found, place, draft));
      order.push(...found.slice(0, 1).map((result) => result.place));
    }
  }
  if (order.some((place, index) => place < (order[index - 1] ?? 0))) adjust(draft, "messages", "results_after_calls");
  draft.messages = mended.map(({ message }) => message);
  draft.places = mended.map(({ place }) => place);
}

/** The calls of a message with all that a call has. */
function withWholeCalls(message: ChatMessage, place: number, draft: ChatDraft): ChatMessage {
  const { tool_calls: calls } = message;
  if (calls === undefined || calls === null) return message;
  if (!Array.isArray(calls)) throw wrongCall(`messages[${place}].tool_calls`, "a list");
  if (calls.length === 0) {
    const { tool_calls: _, ...rest } = message;
    return rest;
  }
  if (message.role !== "assistant") throw wrongCall(`messages[${place}].tool_calls`, "an assistant's");
  const whole = calls.map((call: unknown, index) => {
    const at = `messages[${place}].tool_calls[${index}]`;
    if (!isObject(call) || !isObject(call.function)) throw wrongCall(at, "an object with a function");
    const { name, arguments: given } = call.function;
    if (typeof name !== "string" || name === "") throw wrongCall(`${at}.function.name`, "the name of a tool");
    const written = typeof given === "string" ? given : writeJson(given ?? {}, `${at}.function.arguments`);
    const id = typeof call.id === "string" && call.id !== "" ? call.id : `call_${place}_${index}`;
    const text = wholeArguments(written);
    if (text !== given || id !== call.id) adjust(draft, "messages", "whole_calls");
    // A copy of its own: the same object may stand for several calls.
    return { ...call, id, type: "function", function: { ...call.function, name, arguments: text } } as ToolCall;
  });
  return { ...message, tool_calls: whole };
}

/** No server takes half a call back: what a limit has cut is quoted, so that the model sees what it wrote. */
function wholeArguments(written: string): string {
  if (written.trim() === "") return "{}";
  try {
    JSON.parse(written);
    return written;
  } catch {
    return JSON.stringify({ cut_arguments: written });
  }
}

type Results = ReadonlyMap<ToolCall, readonly Placed[]>;

/** Which result belongs to which call: by id, to the nearest message before it with such a call, or else to the first after it. */
function claimResults(messages: readonly Placed[]): Results {
  const calls = new Map<unknown, { call: ToolCall; place: number }[]>();
  for (const { message, place } of messages) {
    for (const call of message.tool_calls ?? []) calls.set(call.id, [...(calls.get(call.id) ?? []), { call, place }]);
  }
  const results = new Map<ToolCall, Placed[]>();
  for (const result of messages) {
    const { message, place } = result;
    if (message.role !== "tool") continue;
    const same = calls.get(message.tool_call_id) ?? [];
    const nearest = same.findLast((one) => one.place < place) ?? same[0];
    if (nearest === undefined) throw noSuchCall(message, place);
    // Of calls of one message with one id each has a result of its own, as long as there are enough.
    const twins = same.filter((one) => one.place === nearest.place);
    const { call } = twins.find((one) => !results.has(one.call)) ?? nearest;
    results.set(call, [...(results.get(call) ?? []), result]);
  }
  return results;
}

function resultOf(call: ToolCall, results: readonly Placed[], place: number, draft: ChatDraft): Placed {
  const [first, ...others] = results;
  if (first === undefined) {
    adjust(draft, "messages", "interrupted_calls");
    return { message: { role: "tool", tool_call_id: call.id, content: INTERRUPTED }, place };
  }
  if (others.length === 0) return first;
  adjust(draft, "messages", "results_joined");
  return { message: { ...first.message, content: joined(results) }, place: first.place };
}

/** One text, unless a result holds more than texts. */
function joined(results: readonly Placed[]): string | readonly ContentPart[] {
  const contents = results.map(({ message: { content } }) => (Array.isArray(content) ? content : (content ?? "")));
  if (contents.every((content) => typeof content === "string")) return contents.join(BETWEEN);
  return contents.flatMap((content) => (typeof content === "string" ? [{ type: "text", text: content }] : content));
}

function wrongCall(param: string, demand: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" must be ${demand}.`, { param });
}
