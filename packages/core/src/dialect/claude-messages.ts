import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ContentPart, JsonObject, ToolCall } from "../request/wire-types.js";

/** A message in Anthropic's shape. */
export interface ClaudeMessage {
  readonly role: "user" | "assistant";
  readonly content: string | ClaudeBlock[];
}

type ClaudeBlock = JsonObject & { readonly type: string };

/**
 * A conversation in Anthropic's shape: instructions apart, tool results as blocks of a user message, and neighbours of one
 * role put together, because the roles must take turns.
 *
 * @throws FatalUpstreamError `invalid_request` naming the message that has no counterpart
 */
export function toClaudeMessages(messages: readonly ChatMessage[]): {
  system: string | undefined;
  messages: ClaudeMessage[];
} {
  const system: string[] = [];
  const converted: ClaudeMessage[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "system" || message.role === "developer") {
      system.push(textOf(message, index));
      continue;
    }
    const next = toClaudeMessage(message, index);
    const last = converted.at(-1);
    if (last?.role !== next.role) converted.push(next);
    else
      converted[converted.length - 1] = {
        role: last.role,
        content: [...blocks(last.content), ...blocks(next.content)],
      };
  }
  return { system: system.length === 0 ? undefined : system.join("\n\n"), messages: converted };
}

function toClaudeMessage(message: ChatMessage, index: number): ClaudeMessage {
  switch (message.role) {
    case "user":
      return { role: "user", content: toContent(message.content, index) };
    case "tool":
      return {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: message.tool_call_id, content: toContent(message.content, index) },
        ],
      };
    case "assistant": {
      const text = toContent(message.content, index);
      const calls = message.tool_calls ?? [];
      if (calls.length === 0) return { role: "assistant", content: text };
      const uses = calls.map((call) => toToolUse(call, index));
      return { role: "assistant", content: [...blocks(text), ...uses] };
    }
    default:
      throw noCounterpart(`messages[${index}].role`, `role ${quote(message.role)}`);
  }
}

function toToolUse({ id, function: { name, arguments: text } }: ToolCall, index: number): ClaudeBlock {
  try {
    const input: unknown = text === "" ? {} : JSON.parse(text);
    if (typeof input === "object" && input !== null) return { type: "tool_use", id, name, input };
  } catch {
    // Falls through: arguments that were cut are no object either.
  }
  throw noCounterpart(`messages[${index}].tool_calls`, "a tool call whose arguments are no JSON object");
}

function toContent(content: ChatMessage["content"], index: number): string | ClaudeBlock[] {
  if (typeof content === "string") return content;
  if (content === null || content === undefined) return "";
  return content.map((part) => toBlock(part, index));
}

function toBlock(part: ContentPart, index: number): ClaudeBlock {
  if (part.type === "text") return { type: "text", text: part.text ?? "" };
  // Anthropic's own blocks may be given as they are.
  if (part.type === "image" || part.type === "tool_use" || part.type === "tool_result") return part;
  if (part.type === "image_url") {
    const url = (part.image_url as { url?: unknown } | undefined)?.url;
    const [, mediaType, data] =
      typeof url === "string" ? (/^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(url) ?? []) : [];
    if (mediaType !== undefined) return { type: "image", source: { type: "base64", media_type: mediaType, data } };
  }
  throw noCounterpart(`messages[${index}].content`, `a part of type ${quote(part.type)}`);
}

function textOf(message: ChatMessage, index: number): string {
  const content = toContent(message.content, index);
  if (typeof content === "string") return content;
  if (content.every((block) => block.type === "text")) return content.map(({ text }) => String(text)).join("\n\n");
  throw noCounterpart(`messages[${index}].content`, "instructions that are no text");
}

/** An empty text is no block: the server refuses it. */
function blocks(content: string | ClaudeBlock[]): ClaudeBlock[] {
  if (typeof content !== "string") return content;
  return content === "" ? [] : [{ type: "text", text: content }];
}

function noCounterpart(param: string, what: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `Claude's request shape has no place for ${what} (${param}). Take it out, or take another model.`,
    { param },
  );
}
