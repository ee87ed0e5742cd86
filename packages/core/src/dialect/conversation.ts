import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ToolCall } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isObject } from "./field-values.js";

/** What stands for the result of a call that nobody answered: a user stopped the agent, or it died. */
const INTERRUPTED = "(interrupted: this call has no result)";
/** Between two results of one call. */
const BETWEEN = "\n\n";

/**
 * A conversation in which each call of a tool is followed at once by its one result, as every server demands: calls of OpenAI's older words
 * become tools', results move behind their call, several results of one call become one, and a call without a result gets one that says so.
 *
 * @throws FatalUpstreamError `invalid_request` for a result of a call that is not there
 */
export function mendConversation(draft: ChatDraft): void {
  const messages = withoutFunctions(
    draft.messages.map((message, index) => ({ message, index })),
    draft,
  );
  if (!messages.some(({ message }) => message.role === "tool" || message.tool_calls?.length)) {
    draft.messages = messages.map(({ message }) => message);
    return;
  }
  const called = messages.map(({ message, index }) => ({ message: withWholeCalls(message, index, draft), index }));
  const results = claimResults(called);
  const mended: ChatMessage[] = [];
  const ids = new Set<string>();
  for (const [place, { message, index }] of called.entries()) {
    if (message.role === "tool") {
      if (!results.claimed.has(place)) throw noSuchCall(message, index);
      continue;
    }
    const calls = (message.tool_calls ?? []).map((call) => ({ call, id: freeId(call.id, ids) }));
    // Anthropic takes an id once in a conversation; others count their calls anew in each turn.
    const isRenamed = calls.some(({ call, id }) => call.id !== id);
    if (isRenamed) adjust(draft, "messages", "plain_ids");
    mended.push(isRenamed ? { ...message, tool_calls: calls.map(({ call, id }) => ({ ...call, id })) } : message);
    for (const { call, id } of calls) {
      const answered = resultOf(call, results.of.get(call) ?? [], draft);
      mended.push(call.id === id ? answered : { ...answered, tool_call_id: id });
    }
  }
  const isMoved = called.filter(({ message }) => message.role === "tool").length > 0 && !isSameOrder(called, mended);
  if (isMoved) adjust(draft, "messages", "results_after_calls");
  draft.messages = mended;
}

function freeId(id: string, taken: Set<string>): string {
  let free = id;
  for (let number = 2; taken.has(free); number += 1) free = `${id}_${number}`;
  taken.add(free);
  return free;
}

interface Placed {
  readonly message: ChatMessage;
  /** Where the caller has it. */
  readonly index: number;
}

/** Ids that are given here, where the caller's words have none. */
function withoutFunctions(messages: readonly Placed[], draft: ChatDraft): readonly Placed[] {
  let count = 0;
  let open: { id: string; name: unknown } | undefined;
  return messages.map(({ message, index }) => {
    if (message.role === "assistant" && isObject(message.function_call)) {
      const { function_call: called, ...rest } = message;
      count += 1;
      open = { id: `call_function_${count}`, name: called.name };
      adjust(draft, "messages", "functions_as_tools");
      const call = { id: open.id, type: "function", function: called } as unknown as ToolCall;
      return { message: { ...rest, tool_calls: [...(message.tool_calls ?? []), call] }, index };
    }
    if (message.role !== "function") return { message, index };
    if (open === undefined || (message.name !== undefined && message.name !== open.name))
      throw noSuchCall(message, index);
    const { name: _, ...rest } = message;
    const result = { ...rest, role: "tool", tool_call_id: open.id };
    open = undefined;
    return { message: result, index };
  });
}

/** The calls of a message with all that a call has. */
function withWholeCalls(message: ChatMessage, index: number, draft: ChatDraft): ChatMessage {
  const { tool_calls: calls } = message;
  if (calls === undefined || calls === null) return message;
  if (!Array.isArray(calls)) throw wrongCall(`messages[${index}].tool_calls`, "a list");
  if (calls.length === 0) {
    const { tool_calls: _, ...rest } = message;
    return rest;
  }
  if (message.role !== "assistant") throw wrongCall(`messages[${index}].tool_calls`, "an assistant's");
  const seen = new Set<string>();
  const whole = calls.map((call: unknown, place) => {
    const at = `messages[${index}].tool_calls[${place}]`;
    if (!isObject(call) || !isObject(call.function)) throw wrongCall(at, "an object with a function");
    const { name, arguments: given } = call.function;
    if (typeof name !== "string" || name === "") throw wrongCall(`${at}.function.name`, "the name of a tool");
    const written = typeof given === "string" ? given : JSON.stringify(given ?? {});
    const id = typeof call.id === "string" && call.id !== "" && !seen.has(call.id) ? call.id : `call_${index}_${place}`;
    seen.add(id);
    const text = written.trim() === "" ? "{}" : written;
    const isWhole = id === call.id && text === given && call.type === "function";
    if (isWhole) return call as unknown as ToolCall;
    if (text !== given || id !== call.id) adjust(draft, "messages", "whole_calls");
    return { ...call, id, type: "function", function: { ...call.function, name, arguments: text } } as ToolCall;
  });
  return { ...message, tool_calls: whole };
}

interface Results {
  readonly of: ReadonlyMap<ToolCall, readonly ChatMessage[]>;
  /** Places of results that belong to a call. */
  readonly claimed: ReadonlySet<number>;
}

/** Whose result is whose: by id, to the last call before it that has the id, or else the first after it. */
function claimResults(messages: readonly Placed[]): Results {
  const calls = messages.flatMap(({ message }, place) => (message.tool_calls ?? []).map((call) => ({ call, place })));
  const of = new Map<ToolCall, ChatMessage[]>();
  const claimed = new Set<number>();
  for (const [place, { message }] of messages.entries()) {
    if (message.role !== "tool") continue;
    const same = calls.filter(({ call }) => call.id === message.tool_call_id);
    const found = same.findLast((one) => one.place < place) ?? same.find((one) => one.place > place);
    if (found === undefined) continue;
    of.set(found.call, [...(of.get(found.call) ?? []), message]);
    claimed.add(place);
  }
  return { of, claimed };
}

function resultOf(call: ToolCall, results: readonly ChatMessage[], draft: ChatDraft): ChatMessage {
  const [first, ...others] = results;
  if (first === undefined) {
    adjust(draft, "messages", "interrupted_calls");
    return { role: "tool", tool_call_id: call.id, content: INTERRUPTED };
  }
  if (others.length === 0) return first;
  adjust(draft, "messages", "results_joined");
  return { ...first, content: results.map(({ content }) => textOf(content)).join(BETWEEN) };
}

function textOf(content: ChatMessage["content"]): string {
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content.map((part) => (typeof part?.text === "string" ? part.text : "")).join("\n");
}

/** Whether only results that were missing have been added. */
function isSameOrder(before: readonly Placed[], after: readonly ChatMessage[]): boolean {
  const known = new Set(before.map(({ message }) => message));
  const kept = after.filter((message) => known.has(message));
  const told = before.map(({ message }) => message).filter((message) => kept.includes(message));
  return told.every((message, place) => message === kept[place]);
}

function noSuchCall({ tool_call_id: id, name }: ChatMessage, index: number): FatalUpstreamError {
  const what =
    typeof id === "string" ? `call ${quote(id)}` : typeof name === "string" ? `function ${quote(name)}` : "no call";
  return new FatalUpstreamError(
    "invalid_request",
    `messages[${index}] is the result of ${what}, which no message before it made. Send the call too, or leave the result out.`,
    { param: `messages[${index}]` },
  );
}

function wrongCall(param: string, demand: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `"${param}" must be ${demand}.`, { param });
}
