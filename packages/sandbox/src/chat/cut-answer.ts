import type { GeneratedAnswer } from "../answers/generate-answer.js";
import type { ChatFamily } from "../families/family.js";
import { countTokens, firstTokens } from "../text/tokens.js";
import type { ChatRequest, ToolCall } from "./chat-request.js";
import type { Reasoning } from "./reasoning.js";

/** An answer as it leaves the model: within its output cap, with the reason why it ends. */
export interface FinishedAnswer {
  content: string;
  /** What `reasoning_content` shows; empty where nothing is to be seen of it. */
  reasoning: string;
  /** Model tokens of the reasoning outside the content; they are among `tokens`. */
  reasoningTokens: number;
  toolCalls: ToolCall[];
  /** Model tokens, as the output cap counts them. */
  tokens: number;
  finishReason: string;
}

/**
 * Ends an answer at the first stop sequence or at the output cap, whichever comes first. Reasoning is output too and
 * comes first: under a tight cap nothing is left for the answer.
 */
export function cutAnswer(
  answer: GeneratedAnswer,
  reasoning: Reasoning,
  request: ChatRequest,
  family: ChatFamily,
): FinishedAnswer {
  let left = request.maxTokens ?? family.defaultMaxTokens;
  let cut = false;
  const take = (text: string): string => {
    const tokens = countTokens(text);
    cut ||= tokens > left;
    const taken = firstTokens(text, left);
    left -= Math.min(tokens, left);
    return taken;
  };
  const before = left;
  const thought = take(reasoning.apart);
  const reasoningTokens = before - left;
  const content = take(untilStop(reasoning.inline + answer.content, request.stop));
  const toolCalls: ToolCall[] = [];
  for (const call of answer.toolCalls) {
    // The name has to fit as well; a call of which nothing fits is not begun.
    left -= Math.min(countTokens(call.name), left);
    if (left === 0) cut = true;
    else toolCalls.push({ ...call, arguments: take(call.arguments) });
  }
  const finishReason = cut ? "length" : toolCalls.length > 0 ? "tool_calls" : family.stopReason;
  const shown = reasoning.shown ? thought : "";
  return { content, reasoning: shown, reasoningTokens, toolCalls, tokens: before - left, finishReason };
}

function untilStop(content: string, stop: readonly string[]): string {
  const ends = stop.filter((sequence) => sequence !== "").map((sequence) => content.indexOf(sequence));
  const first = Math.min(...ends.filter((end) => end >= 0));
  return first === Number.POSITIVE_INFINITY ? content : content.slice(0, first);
}
