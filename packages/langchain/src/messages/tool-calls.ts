import type { InvalidToolCall, ToolCall } from "@langchain/core/messages/tool";

/** A call of a tool as the model wrote it: `args` is JSON text, perhaps cut. */
export interface WrittenToolCall {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly args?: string | undefined;
}

/** Calls that can be executed, and calls that can't, each with the reason. */
export interface ReadToolCalls {
  readonly tool_calls: ToolCall[];
  readonly invalid_tool_calls: InvalidToolCall[];
}

/** Why an answer ended, as far as it matters to a call that can't be read. */
export interface AnswerEnd {
  readonly finishReason: string | null | undefined;
  readonly truncatedByTier: boolean;
}

/**
 * Reads tool calls strictly. LangChain's own reader completes cut JSON, so that `{"amount": 10` of an intended 1000 would
 * be executed.
 */
export function readToolCalls(written: readonly WrittenToolCall[], end: AnswerEnd): ReadToolCalls {
  const read: ReadToolCalls = { tool_calls: [], invalid_tool_calls: [] };
  for (const { id, name, args: text } of written) {
    const args = parseArguments(text ?? "");
    const identity = { ...(id === undefined ? {} : { id }), name: name ?? "" };
    if (args !== undefined) read.tool_calls.push({ ...identity, args, type: "tool_call" });
    else
      read.invalid_tool_calls.push({
        ...identity,
        args: text ?? "",
        error: unreadableCall(end),
        type: "invalid_tool_call",
      });
  }
  return read;
}

/** The words for a tool call whose arguments are no JSON. */
export function unreadableCall(end: AnswerEnd): string {
  if (end.truncatedByTier) {
    return "The arguments are not complete: the answer was cut at the tier's output limit. Ask for a shorter call, or for several.";
  }
  return end.finishReason === "length"
    ? "The arguments are not complete: the answer was cut at max_tokens."
    : "The arguments are not a JSON object.";
}

function parseArguments(text: string): Record<string, unknown> | undefined {
  // Models call a tool without parameters with no text at all.
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
