import type { InvalidToolCall, ToolCall } from "@langchain/core/messages/tool";
import { type AnswerEnd, endsInTheMiddle } from "./answer-end.js";

/** A call of a tool as the model wrote it: `args` is JSON text, perhaps cut. */
export interface WrittenToolCall {
  readonly id?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly args?: string | null | undefined;
}

/** Calls that can be executed, and calls that can't, each with the reason. */
export interface ReadToolCalls {
  readonly tool_calls: ToolCall[];
  readonly invalid_tool_calls: InvalidToolCall[];
}

/**
 * Reads the tool calls of an answer that has ended, strictly. LangChain's own reader completes cut JSON, so that
 * `{"amount": 10` of an intended 1000 would be executed. Models call a tool without parameters with no text, or `null`.
 */
export function readEach(written: readonly WrittenToolCall[], end: AnswerEnd): (ToolCall | InvalidToolCall)[] {
  return written.map((call, index) => {
    const name = call.name ?? "";
    const text = call.args ?? "";
    // What follows another call, or ends the answer by itself, is whole. Cut before its first argument, a call has none.
    const isCut = end.cut !== undefined && index === written.length - 1;
    const args = isCut && text.trim() === "" ? undefined : parseArguments(text);
    const identity = { ...(call.id ? { id: call.id } : {}), name };
    if (args !== undefined && name !== "") return { ...identity, args, type: "tool_call" };
    const error = whyUnreadable(name, text, isCut ? end : { ...end, cut: undefined });
    return { ...identity, args: text, error, type: "invalid_tool_call" };
  });
}

/** Calls that were read, told apart. */
export function partition(read: readonly (ToolCall | InvalidToolCall)[]): ReadToolCalls {
  return {
    tool_calls: read.filter((call): call is ToolCall => call.type === "tool_call"),
    invalid_tool_calls: read.filter((call): call is InvalidToolCall => call.type === "invalid_tool_call"),
  };
}

/**
 * Ids for the calls of one answer: the model's, and new ones where it gave none, or one twice. Random, because LangChain's
 * agents take a call for answered if any result of the conversation has its id. OpenAI takes 40 characters.
 */
export function createCallIds(): (id: string | null | undefined) => string {
  const given = new Set<string>();
  return (id) => {
    const own = id && !given.has(id) ? id : `call_${crypto.randomUUID().replaceAll("-", "")}`;
    given.add(own);
    return own;
  };
}

/** The words for a call that can't be run. A person reads them, and the model, who is to do better. */
function whyUnreadable(name: string, text: string, { cut, limit }: AnswerEnd): string {
  const call = name === "" ? "A tool call" : `The call of ${name}`;
  const tier = limit === undefined ? "the tier's output limit" : `the tier's output limit of ${limit} tokens`;
  if (cut !== undefined)
    return `${call} was cut at ${cut === "tier" ? tier : "max_tokens"} and was not run. ${SHORTER}`;
  if (endsInTheMiddle(text)) {
    const cause = limit === undefined ? "" : `, perhaps cut at ${tier},`;
    return `${call} ends in the middle of its arguments${cause} and was not run. ${SHORTER}`;
  }
  if (name === "") return `${call} names no tool and was not run.`;
  return `${call} was not run: its arguments are not a JSON object. Write them as one.`;
}

const SHORTER = "Make it shorter, or split the work into several calls.";

function parseArguments(text: string): Record<string, unknown> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return {};
    return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
