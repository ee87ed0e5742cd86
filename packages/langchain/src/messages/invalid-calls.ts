import { AIMessage, type BaseMessage } from "@langchain/core/messages";
import type { InvalidToolCall } from "@langchain/core/messages/tool";
import { endOf } from "./answer-end.js";
import { unsealed } from "./streamed-calls.js";
import { readEach } from "./tool-calls.js";

/**
 * The calls of a message that can't be run, each with the reason. Events (`streamEvents`) make messages that have them as
 * content blocks alone; what comes from a checkpoint has lost the reason.
 */
export function invalidCallsOf(message: BaseMessage): InvalidToolCall[] {
  if (!AIMessage.isInstance(message)) return [];
  const blocks = Array.isArray(message.content) ? (message.content as unknown as InvalidToolCall[]) : [];
  const calls: InvalidToolCall[] = [];
  for (const call of [...(message.invalid_tool_calls ?? []), ...blocks]) {
    if (call.type !== "invalid_tool_call" || calls.some((other) => isSame(call, other))) continue;
    calls.push({ ...call, args: unsealed(call.args) });
  }
  return calls.map((call) => (call.error && call.error !== CORES_REASON ? call : withReason(call, message)));
}

/** The only one that core gives. */
const CORES_REASON = "Malformed args.";

function withReason(call: InvalidToolCall, message: BaseMessage): InvalidToolCall {
  const [read] = readEach([call], endOf(message));
  return read?.type === "invalid_tool_call" ? { ...call, error: read.error ?? CORES_REASON } : call;
}

function isSame(call: InvalidToolCall, other: InvalidToolCall): boolean {
  return call.id === undefined ? call.name === other.name && unsealed(call.args) === other.args : call.id === other.id;
}

/**
 * What an answer says that would else say nothing: why its calls were not run. An agent ends with such an answer, and a
 * person would see an empty one. Sent back to a model it is left out: there the calls' results say it.
 */
export function noticeOf(text: string, calls: readonly unknown[], invalid: readonly InvalidToolCall[]): string {
  if (text.trim() !== "" || calls.length > 0) return "";
  return invalid.map(({ error }) => error ?? "").join("\n");
}
