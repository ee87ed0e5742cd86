import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ContentPart } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";

/** How a family takes the content of its messages. */
export interface ContentShape {
  /** Types of the parts that a role's content may have; of a role not named here, its content is a text and nothing else. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** Whether a message may say nothing: `never`, or only the result of a call. */
  readonly empty: "always" | "results" | "never";
}

const text = ["text"];

/** The schema of the OpenAI-like family, published on 2025-04-16. */
export const OPENAI_CONTENT: ContentShape = {
  parts: {
    system: text,
    developer: text,
    user: [...text, "image_url", "input_audio", "file"],
    assistant: [...text, "refusal"],
  },
  empty: "always",
};

/** Together-like: assistants and tools speak in texts. */
export const PLAIN_CONTENT: ContentShape = {
  parts: { system: text, user: [...text, "image_url"] },
  empty: "always",
};

/** Google refuses an empty text, but not of a tool. */
export const GEMINI_CONTENT: ContentShape = { ...PLAIN_CONTENT, empty: "results" };

/** MiniMax refuses every one. */
export const MINIMAX_CONTENT: ContentShape = { ...PLAIN_CONTENT, empty: "never" };

/** What stands for the result of a call that came to nothing, where a family takes no empty text. */
export const EMPTY_RESULT = "(empty)";

/**
 * Brings content into the form that a shape has: parts of text become one text where a role takes no parts, a call without words has no
 * content, and a message that says nothing is left out where the vendor takes none.
 *
 * @throws FatalUpstreamError `invalid_request` for content that is missing, or parts that would be lost
 */
export function conformContent(
  messages: readonly ChatMessage[],
  shape: ContentShape,
  draft: Pick<ChatDraft, "model" | "places" | "adjustments">,
): readonly ChatMessage[] {
  const conformed = messages.flatMap((message, at) => {
    const content = toContent(message, draft.places[at] ?? at, shape, draft);
    if (content === message.content && content !== "") return [message];
    const { content: given, ...rest } = message;
    if (content !== "") return [{ ...rest, content }];
    if (message.tool_calls?.length) return [rest];
    if (shape.empty === "always") return [given === "" ? message : { ...rest, content }];
    if (message.role === "tool") return [{ ...rest, content: shape.empty === "never" ? EMPTY_RESULT : content }];
    adjust(draft, "messages", "without_empty");
    return [];
  });
  if (shape.empty === "always" || conformed.some(({ role }) => role !== "system")) return conformed;
  if (conformed.length === 0) throw noText(draft.model);
  // Instructions alone are no conversation to these vendors.
  adjust(draft, "messages", "system_as_user_message");
  return conformed.map((message) => ({ ...message, role: "user" }));
}

function toContent(
  { role, content, tool_calls: calls }: ChatMessage,
  index: number,
  { parts }: ContentShape,
  draft: Pick<ChatDraft, "model" | "adjustments">,
): string | readonly ContentPart[] {
  if (typeof content === "string") return content;
  if (content === null || content === undefined) {
    if (role === "assistant" || role === "tool" || calls?.length) return "";
    throw missingContent(index);
  }
  if (!Array.isArray(content)) throw missingContent(index);
  if (content.every((part) => part?.type === "text" && (part.text ?? "") === "")) return "";
  const types = Object.hasOwn(parts, role) ? parts[role] : undefined;
  if (types === undefined) {
    adjust(draft, "messages", "parts_as_text");
    return content.map((part, place) => saidIn(part, index, place, role, draft.model)).join("\n");
  }
  for (const [place, part] of content.entries()) {
    if (!types.includes(part?.type)) throw wrongPart(part, index, place, role, draft.model);
  }
  return content;
}

/** The error for messages of which nothing is left. */
export function noText(model: string): FatalUpstreamError {
  return new FatalUpstreamError("invalid_request", `The messages hold no text, and ${quote(model)} needs some.`, {
    param: "messages",
  });
}

/** What a part says, as text. */
function saidIn(part: ContentPart, index: number, place: number, role: string, model: string): string {
  if (part?.type === "text" && typeof part.text === "string") return part.text;
  if (part?.type === "refusal" && typeof part.refusal === "string") return part.refusal;
  throw wrongPart(part, index, place, role, model);
}

function missingContent(index: number): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `messages[${index}] has no content: it must be a text, or a list of parts.`,
    {
      param: `messages[${index}].content`,
    },
  );
}

function wrongPart(part: ContentPart, index: number, place: number, role: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `messages[${index}].content[${place}] is a part of type ${quote(typeof part?.type === "string" ? part.type : typeof part?.type)}, which ${quote(model)} does not take from role ${quote(role)}. Take it out, or say it in words.`,
    { param: `messages[${index}].content` },
  );
}
