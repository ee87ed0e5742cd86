import { z } from "zod";
import type { ChatTurn } from "../chat/chat-request.js";

/* What the page leaves open Anthropic itself checks: text that is not blank, ids and names of its own alphabet. */
const saying = z.string().regex(/\S/, "text content blocks must contain non-whitespace text");
const callId = z.string().regex(/^[\w-]+$/);
const textBlock = z.strictObject({ type: z.literal("text"), text: saying });
const imageBlock = z.looseObject({
  type: z.literal("image"),
  source: z.looseObject({
    type: z.literal("base64"),
    media_type: z.enum(["image/jpeg", "image/png", "image/gif", "image/webp"]),
    data: z.string(),
  }),
});
const block = z.discriminatedUnion("type", [
  textBlock,
  imageBlock,
  z.looseObject({
    type: z.literal("tool_use"),
    id: callId,
    name: z.string().regex(/^[\w-]{1,64}$/),
    input: z.record(z.string(), z.unknown()),
  }),
  z.looseObject({
    type: z.literal("tool_result"),
    tool_use_id: callId,
    is_error: z.boolean().optional(),
    content: z.union([z.string(), z.array(z.discriminatedUnion("type", [textBlock, imageBlock]))]).optional(),
  }),
  z.strictObject({ type: z.literal("thinking"), thinking: z.string(), signature: z.string() }),
  z.looseObject({ type: z.literal("redacted_thinking"), data: z.string() }),
]);
const message = z.looseObject({
  role: z.enum(["user", "assistant"]),
  content: z.union([saying, z.array(block).min(1)]),
});

/** A checked message: what of it the sandbox reads. */
export interface ClaudeMessage {
  role: "user" | "assistant";
  content: string | readonly ClaudeBlock[];
}

type ClaudeBlock =
  | { type: "text"; text: string }
  | { type: "image" | "thinking" | "redacted_thinking" }
  | { type: "tool_use"; id: string; name: string; input: Record<string, unknown> }
  | { type: "tool_result"; tool_use_id: string; content?: string | readonly ResultBlock[] | undefined };

type ResultBlock = { type: "text"; text: string } | { type: "image" };

/** Messages in Anthropic's shape. */
export const claudeMessages: z.ZodType<ClaudeMessage[]> = z.array(message).min(1);

/** Anthropic joins neighbours of one role before it looks at anything. */
export function joinNeighbours(messages: readonly ClaudeMessage[]): ClaudeMessage[] {
  const joined: ClaudeMessage[] = [];
  for (const message of messages) {
    const last = joined.at(-1);
    if (last?.role !== message.role) joined.push(message);
    else joined[joined.length - 1] = { role: last.role, content: [...blocksOf(last), ...blocksOf(message)] };
  }
  return joined;
}

export function blocksOf(message: ClaudeMessage | undefined): readonly ClaudeBlock[] {
  if (message === undefined) return [];
  return typeof message.content === "string" ? [{ type: "text", text: message.content }] : message.content;
}

/** The turns of a message: each tool result is one of its own, before what was written beside it. */
export function toTurns(message: ClaudeMessage): ChatTurn[] {
  const turns: ChatTurn[] = [];
  const texts: string[] = [];
  const toolCalls: ChatTurn["toolCalls"] = [];
  for (const part of blocksOf(message)) {
    if (part.type === "text") texts.push(part.text);
    if (part.type === "tool_use") {
      toolCalls.push({ id: part.id, name: part.name, arguments: JSON.stringify(part.input) });
    }
    if (part.type === "tool_result") turns.push({ role: "tool", text: textOf(part.content ?? ""), toolCalls: [] });
  }
  if (texts.length > 0 || toolCalls.length > 0) turns.push({ role: message.role, text: texts.join("\n"), toolCalls });
  return turns;
}

function textOf(content: string | readonly ResultBlock[]): string {
  if (typeof content === "string") return content;
  return content.map((part) => (part.type === "text" ? part.text : "")).join("\n");
}
