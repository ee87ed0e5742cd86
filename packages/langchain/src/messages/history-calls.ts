import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatMessage, ToolCall } from "@laplas/core";
import { invalidCallsOf, noticeOf } from "./invalid-calls.js";

/** The calls of one answer, as they go back to a model. */
export interface MadeCalls {
  readonly calls: readonly ToolCall[];
  /** Results of the calls that could not be run and that nobody has answered. */
  readonly results: readonly ChatMessage[];
  /** What the answer itself says in place of those results, see `noticeOf`. */
  readonly notice: string;
}

/** The calls of a conversation, and which result belongs to which. */
export interface HistoryCalls {
  readonly made: ReadonlyMap<BaseMessage, MadeCalls>;
  /** By result, the id of its call. */
  readonly answered: ReadonlyMap<BaseMessage, string>;
}

/** A call with the id under which it goes out. */
interface NamedCall extends Pick<ToolCall, "id"> {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Why it could not be run. */
  readonly error?: string | undefined;
}

/**
 * Pairs calls and results. A call that could not be run goes out all the same, because its result would else have no call;
 * without its arguments, because half of them is no JSON and several families take objects only; and with a result, because
 * a call without one is refused, and a model that is not told believes it was run. Calls without ids get one by their
 * place. Results without a call, results that come twice, and calls of tools without a result stay as they are.
 */
export function readHistoryCalls(messages: readonly BaseMessage[]): HistoryCalls {
  const named = new Map<AIMessage, NamedCall[]>();
  const answered = new Map<BaseMessage, string>();
  const ids = new Set(messages.flatMap((message) => (ToolMessage.isInstance(message) ? message.tool_call_id : [])));
  /** Calls that no result names, for results that name no call. */
  let waiting: NamedCall[] = [];
  for (const [index, message] of messages.entries()) {
    if (ToolMessage.isInstance(message)) {
      answered.set(message, message.tool_call_id || takeCall(waiting, message.name)?.id || "");
    } else if (AIMessage.isInstance(message)) {
      const calls = nameCalls(message, index);
      if (calls.length > 0) named.set(message, calls);
      if (calls.length > 0) waiting = calls.filter(({ id }) => !ids.has(id));
    }
  }
  const done = new Set(answered.values());
  const made = new Map<BaseMessage, MadeCalls>();
  for (const [message, calls] of named) made.set(message, toMade(message, calls, done));
  return { made, answered };
}

function nameCalls(message: AIMessage, index: number): NamedCall[] {
  const calls = [...(message.tool_calls ?? []), ...invalidCallsOf(message).map((call) => ({ ...call, args: {} }))];
  return calls.map((call, place) => ({
    ...call,
    id: call.id || `call_${index}_${place}`,
    name: call.name || "unknown",
    args: call.args ?? {},
  }));
}

/** In the order of the calls; where results name their tools, one of the same tool. */
function takeCall(waiting: NamedCall[], name: string | undefined): NamedCall | undefined {
  const place = waiting.findIndex((call) => call.name === name);
  return waiting.splice(Math.max(place, 0), 1)[0];
}

function toMade(message: AIMessage, calls: readonly NamedCall[], done: ReadonlySet<string>): MadeCalls {
  return {
    calls: calls.map(({ id, name, args }) => ({
      id,
      type: "function",
      function: { name, arguments: JSON.stringify(args) },
    })),
    results: calls.flatMap(({ id, error }) =>
      error === undefined || done.has(id) ? [] : { role: "tool", tool_call_id: id, content: error },
    ),
    notice: noticeOf("", message.tool_calls ?? [], invalidCallsOf(message)),
  };
}
