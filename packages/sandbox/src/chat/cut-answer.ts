import type { GeneratedAnswer } from "../answers/generate-answer.js";
import type { ChatManner } from "../families/family.js";
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
  /** Whether the cap ended it. */
  cut: boolean;
  finishReason: string;
}

/** How the cap meets an answer, where a test wants it otherwise than between two tokens. */
export interface Cutting {
  /** How many UTF-16 units before the cap a text is cut that does not fit. */
  shortBy: number;
  /** What comes of a character in which the cut falls. */
  torn: "whole" | "replaced" | "half";
  /** Whether an answer that just fits is reported as cut, as servers do that stop at the cap before they look for the end. */
  fullIsCut: boolean;
  /** What a cut call is reported as. */
  cutCallReason: string;
}

export const plainCutting: Cutting = { shortBy: 0, torn: "whole", fullIsCut: false, cutCallReason: "length" };

/**
 * Ends an answer at the first stop sequence or at the output cap, whichever comes first. Reasoning is output too and
 * comes first: under a tight cap nothing is left for the answer.
 */
export function cutAnswer(
  answer: GeneratedAnswer,
  reasoning: Reasoning,
  request: ChatRequest,
  family: ChatManner,
  cutting: Cutting = plainCutting,
): FinishedAnswer {
  let left = request.maxTokens ?? family.defaultMaxTokens;
  let tokens = 0;
  let cut = false;
  const take = (text: string, how: Cutting): string => {
    const wanted = countTokens(text);
    const taken = wanted > left ? cutText(text, left, how) : text;
    cut ||= wanted > left;
    tokens += Math.min(countTokens(taken), left);
    left -= Math.min(wanted, left);
    return taken;
  };
  const thought = take(reasoning.apart, plainCutting);
  const reasoningTokens = tokens;
  const all = reasoning.inline + answer.content;
  const fits = countTokens(all) > left ? cutText(all, left, cutting) : all;
  // A stop text counts once it is all there: where the cap falls into one, its first half is said.
  const stopped = untilStop(fits, request.stop);
  const content = take(stopped === fits ? all : stopped, cutting);
  const toolCalls: ToolCall[] = [];
  for (const call of answer.toolCalls) {
    // The name has to fit as well; a call of which nothing fits is not begun.
    const name = Math.min(countTokens(call.name), left);
    left -= name;
    tokens += name;
    if (left === 0) cut = true;
    else toolCalls.push({ ...call, arguments: take(call.arguments, cutting) });
  }
  cut ||= cutting.fullIsCut && left === 0;
  const whyCut = toolCalls.length > 0 ? cutting.cutCallReason : "length";
  const finishReason = cut ? whyCut : toolCalls.length > 0 ? "tool_calls" : family.stopReason;
  const shown = reasoning.shown ? thought : "";
  return { content, reasoning: shown, reasoningTokens, toolCalls, tokens, cut, finishReason };
}

/** The start of a text that does not fit. */
function cutText(text: string, tokens: number, { shortBy, torn }: Cutting): string {
  if (shortBy === 0 && torn === "whole") return firstTokens(text, tokens);
  const fits = firstTokens(text, tokens).length;
  const end = Math.max(fits - shortBy, 1);
  const whole = tears(text, end) ? end - 1 : end;
  if (torn === "whole") return text.slice(0, whole);
  // One unit has to be left for what comes of the character.
  const start = whole === fits ? (tears(text, whole - 1) ? whole - 2 : whole - 1) : whole;
  const next = text.codePointAt(start) ?? 0;
  if (torn === "replaced") return text.slice(0, start) + (next > 0x7f ? "\ufffd" : "");
  return text.slice(0, next > 0xffff ? start + 1 : start);
}

/** Whether a cut at this place leaves half a surrogate pair on each side. */
function tears(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

function untilStop(content: string, stop: readonly string[]): string {
  const ends = stop.filter((sequence) => sequence !== "").map((sequence) => content.indexOf(sequence));
  const first = Math.min(...ends.filter((end) => end >= 0));
  return first === Number.POSITIVE_INFINITY ? content : content.slice(0, first);
}
