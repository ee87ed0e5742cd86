import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ContentPart } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";

/** How a family takes the content of its messages. */
export interface ContentShape {
  /** Types of the parts that a role's content may have; of a role not named here, its content is a text and nothing else. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** Roles whose content may be `null`. */
  readonly nullable: readonly string[];
}

const text = ["text"];

/** The schema of the OpenAI-like family, published on 2025-04-16. */
export const OPENAI_CONTENT: ContentShape = {
  parts: {
    system: text,
    developer: text,
    user: [...text, "image_url", "input_audio", "file"],
    assistant: [...text, "refusal"],
    tool: text,
  },
  nullable: ["assistant"],
};

/** Together-like, MiniMax and Gemini: assistants and tools speak in texts. */
export const PLAIN_CONTENT: ContentShape = {
  parts: { system: text, user: [...text, "image_url"] },
  nullable: [],
};

/**
 * Brings content into the form that a shape has: parts of text become one text where a role takes no parts, and what says
 * nothing, `null` or an empty list, becomes the empty text.
 *
 * @throws FatalUpstreamError `invalid_request` for content that is missing, or parts that would be lost
 */
export function conformContent(
  messages: readonly ChatMessage[],
  shape: ContentShape,
  draft: Pick<ChatDraft, "model" | "places" | "adjustments">,
): readonly ChatMessage[] {
  return messages.map((message, at) => {
    const { role, content } = message;
    const index = draft.places[at] ?? at;
    if (typeof content === "string") return message;
    if (content === null || content === undefined) {
      // An assistant that neither says nor calls anything said nothing.
      if (shape.nullable.includes(role) && message.tool_calls?.length) return message;
      if (role === "assistant" || role === "tool") return { ...message, content: "" };
      throw missingContent(index);
    }
    if (!Array.isArray(content)) throw missingContent(index);
    if (content.length === 0) return { ...message, content: "" };
    const types = Object.hasOwn(shape.parts, role) ? shape.parts[role] : undefined;
    if (types === undefined) {
      adjust(draft, "messages", "parts_as_text");
      return {
        ...message,
        content: content.map((part, place) => saidIn(part, index, place, role, draft.model)).join("\n"),
      };
    }
    for (const [place, part] of content.entries()) {
      if (!types.includes(part?.type)) throw wrongPart(part, index, place, role, draft.model);
    }
    return message;
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
