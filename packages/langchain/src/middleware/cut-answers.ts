import { AIMessage, type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { InvalidToolCall } from "@langchain/core/messages/tool";
import { OutputParserException } from "@langchain/core/output_parsers";
import { endOf, isCut } from "../messages/answer-end.js";
import { cutError, isJson } from "../messages/cut-error.js";
import { invalidCallsOf } from "../messages/invalid-calls.js";

/** Calls of the last answer that could not be run and that nobody has answered yet. */
export function openCalls(messages: readonly BaseMessage[]): InvalidToolCall[] {
  const place = messages.findLastIndex((message) => AIMessage.isInstance(message));
  const answer = messages[place];
  // Results of older answers don't count: some servers give each answer's first call the same id.
  const results = messages.slice(place + 1).filter((message) => ToolMessage.isInstance(message));
  const done = new Set(results.map(({ tool_call_id: id }) => id));
  return answer === undefined ? [] : invalidCallsOf(answer).filter(({ id }) => id === undefined || !done.has(id));
}

/** How many answers in a row, up to now, had calls that could not be run and none that could. */
export function brokenInARow(messages: readonly BaseMessage[]): number {
  let count = 0;
  for (const message of messages.toReversed()) {
    if (ToolMessage.isInstance(message)) continue;
    if (!AIMessage.isInstance(message) || message.tool_calls?.length || invalidCallsOf(message).length === 0) break;
    count += 1;
  }
  return count;
}

/** What an agent has to know to judge an answer that should bring it a structured one. */
export interface Expected {
  /** Names of the agent's own tools: a call of another one is the structured answer. */
  readonly tools: ReadonlySet<string>;
  /** Whether the model may try again. */
  readonly mayRetry: boolean;
}

/**
 * The error of an answer that should bring a structured one, now or after its tools, and can't: LangChain leaves
 * `structuredResponse` undefined, or throws an error that does not name the limit. Nothing for an answer that may go on.
 */
export function structuredError(answer: AIMessage, { tools, mayRetry }: Expected): Error | undefined {
  if (answer.tool_calls?.length) return undefined;
  const end = endOf(answer);
  const broken = invalidCallsOf(answer);
  const [call] = broken;
  if (call === undefined) {
    return isCut(answer.text, end) && !isJson(answer.text) ? cutError(answer, answer.text) : undefined;
  }
  const structured = broken.find(({ name }) => !tools.has(name ?? ""));
  const written = (structured ?? call).args ?? "";
  const wasCut = isCut(written, end);
  if (mayRetry && !(structured && wasCut)) return undefined;
  return wasCut ? cutError(answer, written) : new OutputParserException(call.error ?? "", written);
}
