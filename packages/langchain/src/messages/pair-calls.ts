import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "@langchain/core/messages/tool";
import { invalidCallsOf, noticeOf } from "./invalid-calls.js";

/** A call with the id under which it goes out. */
interface NamedCall extends ToolCall {
  readonly id: string;
  /** Why it could not be run. */
  readonly error?: string | undefined;
}

/**
 * A conversation whose calls every model takes. A call that could not be run becomes one, because its result would else have
 * no call; without its arguments, because half of them is no JSON and several families take objects only; and with a
 * result, because a call without one is refused, and a model that is not told believes it was run. Calls without ids get
 * one by their place. Results without a call, results that come twice, and calls without a result stay as they are.
 */
export function pairCalls(messages: readonly BaseMessage[]): BaseMessage[] {
  const named = new Map<BaseMessage, readonly NamedCall[]>();
  const answered = new Map<BaseMessage, string>();
  /** Calls that have a result. Some servers give each answer's first call the same id, so a result is of the newest. */
  const done = new Set<NamedCall>();
  const newest = new Map<string, NamedCall>();
  const ids = new Set(messages.flatMap((message) => (ToolMessage.isInstance(message) ? message.tool_call_id : [])));
  /** Calls that no result names, for results that name no call. */
  let waiting: NamedCall[] = [];
  for (const [index, message] of messages.entries()) {
    if (ToolMessage.isInstance(message)) {
      const id = message.tool_call_id || takeCall(waiting, message.name)?.id || "";
      answered.set(message, id);
      const call = newest.get(id);
      if (call !== undefined) done.add(call);
    } else if (AIMessage.isInstance(message)) {
      const calls = nameCalls(message, index);
      named.set(message, calls);
      for (const call of calls) newest.set(call.id, call);
      if (calls.length > 0) waiting = calls.filter(({ id }) => !ids.has(id));
    }
  }
  return messages.flatMap((message) => {
    if (ToolMessage.isInstance(message)) return withId(message, answered.get(message) ?? "");
    const calls = named.get(message) ?? [];
    if (
      !AIMessage.isInstance(message) ||
      calls.every(({ id, error }, place) => error === undefined && id === message.tool_calls?.[place]?.id)
    ) {
      return message;
    }
    const results = calls.flatMap((call) => (call.error === undefined || done.has(call) ? [] : resultOf(call)));
    return [withCalls(message, calls), ...results];
  });
}

/** What a result needs of its call. */
interface BrokenCall {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly error?: string | undefined;
}

/** The result of a call that could not be run. */
export function resultOf({ id, name, error }: BrokenCall): ToolMessage {
  return new ToolMessage({ content: error ?? "", tool_call_id: id ?? "", name: name ?? "", status: "error" });
}

function nameCalls(message: AIMessage, index: number): NamedCall[] {
  const calls = [...(message.tool_calls ?? []), ...invalidCallsOf(message).map((call) => ({ ...call, args: {} }))];
  return calls.map((call, place) => ({
    ...("error" in call ? { error: call.error } : {}),
    id: call.id || `call_${index}_${place}`,
    name: call.name || "unknown",
    args: call.args ?? {},
    type: "tool_call",
  }));
}

/** In the order of the calls; where results name their tools, one of the same tool. */
function takeCall(waiting: NamedCall[], name: string | undefined): NamedCall | undefined {
  const place = waiting.findIndex((call) => call.name === name);
  return waiting.splice(Math.max(place, 0), 1)[0];
}

function withId(message: ToolMessage, id: string): ToolMessage {
  if (message.tool_call_id === id) return message;
  const { content, name, status, artifact, additional_kwargs, response_metadata } = message;
  const own = { ...(name === undefined ? {} : { name }), ...(status === undefined ? {} : { status }) };
  return new ToolMessage({ content, artifact, additional_kwargs, response_metadata, ...own, tool_call_id: id });
}

function withCalls(message: AIMessage, calls: readonly NamedCall[]): AIMessage {
  const { content, id, name, additional_kwargs, response_metadata } = message;
  const notice = noticeOf("", message.tool_calls ?? [], invalidCallsOf(message));
  const said =
    typeof content === "string"
      ? content === notice
        ? ""
        : content
      : content.filter(
          (block) => block.type !== "invalid_tool_call" && !(block.type === "text" && block.text === notice),
        );
  return new AIMessage({
    content: said as AIMessage["content"],
    tool_calls: calls.map(({ error: _, ...call }) => call),
    additional_kwargs,
    response_metadata,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
  });
}
