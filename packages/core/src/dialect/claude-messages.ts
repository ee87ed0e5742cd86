import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ContentPart, JsonObject, ToolCall } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isInstruction, LATE_INSTRUCTIONS, markInstruction } from "./late-instructions.js";
import { EMPTY_RESULT, noText } from "./message-content.js";

/** A message in Anthropic's shape. */
export interface ClaudeMessage {
  readonly role: "user" | "assistant";
  readonly content: string | ClaudeBlock[];
}

type ClaudeBlock = JsonObject & { readonly type: string };

/**
 * A conversation in Anthropic's shape: instructions apart, later ones as marked user messages, tool results as blocks of a user message, and
 * neighbours of one role joined, because the roles must alternate. A message without content, such as an answer that was all reasoning, is
 * left out: the server refuses empty text. Instructions alone become the user's message.
 *
 * @throws FatalUpstreamError `invalid_request` naming the message that has no counterpart
 */
export function toClaudeMessages({
  messages,
  places,
  model,
  adjustments,
}: Pick<ChatDraft, "messages" | "places" | "model" | "adjustments">): {
  system: string | undefined;
  messages: ClaudeMessage[];
} {
  const system: string[] = [];
  const converted: ClaudeMessage[] = [];
  let emptied = false;
  for (const [at, message] of messages.entries()) {
    const index = places[at] ?? at;
    if (isInstruction(message) && converted.length === 0) {
      const text = instructionOf(message, index, model);
      if (text !== "") system.push(text);
      continue;
    }
    const next = toClaudeMessage(message, index, model);
    if (isInstruction(message) && next.content.length > 0) adjust({ adjustments }, "messages", LATE_INSTRUCTIONS);
    const last = converted.at(-1);
    if (next.content.length === 0) emptied = true;
    else if (last?.role !== next.role) converted.push(next);
    else
      converted[converted.length - 1] = {
        role: last.role,
        content: [...blocks(last.content), ...blocks(next.content)],
      };
  }
  if (emptied) adjust({ adjustments }, "messages", "without_empty");
  const instructions = system.length === 0 ? undefined : system.join("\n\n");
  if (converted.length > 0) return { system: instructions, messages: withTrimmedEnd(converted, adjustments) };
  if (instructions === undefined) {
    throw noText(model);
  }
  adjust({ adjustments }, "messages", "system_as_user_message");
  return { system: undefined, messages: [{ role: "user", content: instructions }] };
}

/** A last answer is gone on from, and Anthropic does not go on from white space. */
function withTrimmedEnd(messages: ClaudeMessage[], adjustments: ChatDraft["adjustments"]): ClaudeMessage[] {
  const last = messages.at(-1);
  const end = last?.role === "assistant" ? blocks(last.content).at(-1) : undefined;
  if (last === undefined || typeof end?.text !== "string" || end.text === end.text.trimEnd()) return messages;
  adjust({ adjustments }, "messages", "trimmed_end");
  const trimmed = { ...end, text: end.text.trimEnd() };
  return [...messages.slice(0, -1), { ...last, content: [...blocks(last.content).slice(0, -1), trimmed] }];
}

function toClaudeMessage(message: ChatMessage, index: number, model: string): ClaudeMessage {
  switch (message.role) {
    case "system":
    case "developer": {
      const text = instructionOf(message, index, model);
      return { role: "user", content: text === "" ? "" : markInstruction(text) };
    }
    case "user":
      return { role: "user", content: toContent(message.content, index, model) };
    case "tool": {
      const said = toContent(message.content, index, model);
      // An empty text is refused here as everywhere.
      const content = said.length === 0 ? EMPTY_RESULT : said;
      return { role: "user", content: [{ type: "tool_result", tool_use_id: message.tool_call_id, content }] };
    }
    case "assistant": {
      const said = toContent(message.content, index, model);
      // What was said when an answer was declined, for models that say it apart.
      const text = said.length === 0 && typeof message.refusal === "string" ? message.refusal : said;
      const calls = message.tool_calls ?? [];
      if (!Array.isArray(calls))
        throw noCounterpart(`messages[${index}].tool_calls`, "tool calls that are no list", model);
      if (calls.length === 0) return { role: "assistant", content: text };
      const uses = calls.map((call) => toToolUse(call, index, model));
      return { role: "assistant", content: [...blocks(text), ...uses] };
    }
    default:
      throw noCounterpart(`messages[${index}].role`, `role ${quote(message.role)}`, model);
  }
}

function toToolUse(call: ToolCall, index: number, model: string): ClaudeBlock {
  const { name, arguments: text } = call.function ?? {};
  try {
    const input: unknown = text === "" ? {} : JSON.parse(text);
    if (typeof input === "object" && input !== null && !Array.isArray(input)) {
      return { type: "tool_use", id: call.id, name, input };
    }
  } catch {
    // Falls through: arguments that were cut are no object either.
  }
  throw noCounterpart(`messages[${index}].tool_calls`, "a tool call whose arguments are no JSON object", model);
}

function toContent(content: ChatMessage["content"], index: number, model: string): string | ClaudeBlock[] {
  if (typeof content === "string") return isBlank(content) ? "" : content;
  if (content === null || content === undefined) return "";
  if (!Array.isArray(content))
    throw noCounterpart(`messages[${index}].content`, "content that is neither text nor a list of parts", model);
  const parts = content.map((part, place) => toBlock(part, index, place, model));
  return parts.filter(({ type, text }) => type !== "text" || !isBlank(text));
}

/** Anthropic's own blocks, which may be given as they are. */
const OWN_BLOCKS: readonly string[] = ["image", "tool_use", "tool_result"];

function toBlock(part: ContentPart, index: number, place: number, model: string): ClaudeBlock {
  if (typeof part !== "object" || part === null)
    throw noCounterpart(`messages[${index}].content[${place}]`, "a part that is no object", model);
  const { type, text } = part;
  if (type === "text") return { type, text: text ?? "" };
  if (OWN_BLOCKS.includes(type)) return part;
  if (type === "refusal" && typeof part.refusal === "string") return { type: "text", text: part.refusal };
  if (type === "image_url") {
    const url = (part.image_url as { url?: unknown } | undefined)?.url;
    const [, mediaType, data] =
      typeof url === "string" ? (/^data:(image\/(?:jpeg|png|gif|webp));base64,(.*)$/s.exec(url) ?? []) : [];
    if (mediaType !== undefined) return { type: "image", source: { type: "base64", media_type: mediaType, data } };
  }
  throw noCounterpart(`messages[${index}].content`, `a part of type ${quote(type)}`, model);
}

function instructionOf(message: ChatMessage, index: number, model: string): string {
  const content = toContent(message.content, index, model);
  if (typeof content === "string") return content;
  if (content.every((block) => block.type === "text"))
    return content.map(({ text }) => (typeof text === "string" ? text : "")).join("\n\n");
  throw noCounterpart(`messages[${index}].content`, "instructions that are no text", model);
}

/** An empty text is no block: the server refuses it. */
function blocks(content: string | ClaudeBlock[]): ClaudeBlock[] {
  if (typeof content !== "string") return content;
  return content === "" ? [] : [{ type: "text", text: content }];
}

function isBlank(text: unknown): boolean {
  return typeof text !== "string" || text.trim() === "";
}

function noCounterpart(param: string, what: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${quote(model)} takes Claude's request shape, which has no place for ${what} (${param}). Take it out, or take another model.`,
    { param },
  );
}
