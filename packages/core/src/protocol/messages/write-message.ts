import { isObject } from "../../dialect/field-values.js";
import type { ChatCompletion, JsonObject, ToolCall, Usage } from "../../request/wire-types.js";
import type { MessagesRequest } from "./read-messages-request.js";

/** What an answer is written with. */
export type AnswerSettings = Pick<MessagesRequest, "names" | "wantsThoughts">;

/** Anthropic's word for why an answer ended (platform.claude.com/docs/en/api/messages, November 2026). */
export function stopReason(reason: string | null | undefined): string {
  switch (reason) {
    case "length":
      return "max_tokens";
    case "tool_calls":
    case "function_call":
      return "tool_use";
    case "content_filter":
      return "refusal";
    default:
      return "end_turn";
  }
}

/** A whole answer as Anthropic's message. */
export function writeMessage(answer: ChatCompletion, { names, wantsThoughts }: AnswerSettings): object {
  const { id, model, choices, usage } = answer;
  const [choice] = choices;
  const { content, refusal, reasoning_content: thoughts, tool_calls: calls = [] } = choice?.message ?? {};
  const blocks: object[] = [];
  // Without a signature AI SDK takes no thinking.
  if (wantsThoughts && thoughts) blocks.push({ type: "thinking", thinking: thoughts, signature: "" });
  const text = content || refusal;
  if (text) blocks.push({ type: "text", text });
  for (const [index, call] of (calls ?? []).entries()) blocks.push(toolUse(call, index, messageId(id), names));
  // Claude Code asks again, and pays again, for an answer without blocks (2.1.197, November 2026).
  if (blocks.length === 0) blocks.push({ type: "text", text: "" });
  const isRefused = !content && Boolean(refusal) && choice?.finish_reason === "stop";
  return {
    id: messageId(id),
    type: "message",
    role: "assistant",
    model,
    content: blocks,
    stop_reason: isRefused ? "refusal" : stopReason(choice?.finish_reason),
    stop_sequence: null,
    usage: messageUsage(usage, 0),
  };
}

/** The caller of a tool: the model itself, not a program at Anthropic. Anthropic's SDKs rely on it (js 1.14, November 2026). */
export const DIRECT: JsonObject = { type: "direct" };

function toolUse({ id, function: called }: ToolCall, index: number, message: string, names: AnswerSettings["names"]) {
  const input = inputOf(called.arguments);
  return { type: "tool_use", id: callId(id, index, message), caller: DIRECT, name: names.own(called.name), input };
}

/** Arguments that were cut stay the text they are: closed by a guess, a client would run them. */
function inputOf(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    const input: unknown = JSON.parse(text);
    return isObject(input) ? input : text;
  } catch {
    return text;
  }
}

/** Anthropic takes letters, digits, _ and - in the id of a call, and every call has one. */
export function callId(id: unknown, index: number, message: string): string {
  const plain = typeof id === "string" ? id.replace(/[^\w-]/g, "_") : "";
  return plain === "" ? `toolu_${message.slice(-24)}_${index}` : plain;
}

export function messageId(id: unknown): string {
  return `msg_${(typeof id === "string" ? id : "").replace(/^(chatcmpl-|msg_)/, "").replace(/[^\w-]/g, "_")}`;
}

/** Ours beside Anthropic's: what the call cost, and whether the counts are estimates. */
const OURS = ["api_tokens", "credits", "estimated"] as const;

/** Anthropic counts what came from a cache apart. @param inputTokens where the answer told nothing */
export function messageUsage(usage: Usage | null | undefined, inputTokens: number): JsonObject {
  const { prompt_tokens: prompt = inputTokens, completion_tokens: output = 0 } = usage ?? {};
  const details = usage?.prompt_tokens_details;
  const told = isObject(details) ? details.cached_tokens : undefined;
  const cached = typeof told === "number" ? Math.min(told, prompt) : 0;
  return {
    input_tokens: prompt - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: output,
    ...Object.fromEntries(OURS.flatMap((name) => (usage?.[name] === undefined ? [] : [[name, usage[name]]]))),
  };
}
