import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, ContentPart } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";

/** Thoughts of an earlier answer: the model does not need them, and no server takes another's. */
const THOUGHTS: readonly string[] = ["thinking", "redacted_thinking", "reasoning"];
/** OpenAI's Responses' names of a text. */
const TEXTS: readonly string[] = ["text", "input_text", "output_text"];

type Reporter = Pick<ChatDraft, "places" | "adjustments">;

/**
 * Messages whose parts have what servers take. What other worlds put there says nothing to the model, and is reported.
 *
 * @throws FatalUpstreamError `invalid_request` for a text that is none
 */
export function withPlainParts(messages: readonly ChatMessage[], draft: Reporter): readonly ChatMessage[] {
  return messages.map((message, index) => {
    const { content } = message;
    if (!Array.isArray(content)) return message;
    const parts = content.flatMap((part, place) =>
      plainPart(part, `messages[${draft.places[index]}].content[${place}]`, draft),
    );
    const isSame = parts.length === content.length && parts.every((part, place) => part === content[place]);
    return isSame ? message : { ...message, content: parts };
  });
}

/** A part as a server takes it: of a text nothing but the text. None for thoughts. */
function plainPart(part: ContentPart, at: string, draft: Reporter): readonly ContentPart[] {
  if (typeof part !== "object" || part === null) return [part];
  if (THOUGHTS.includes(part.type)) {
    adjust(draft, "messages", "without_extras");
    return [];
  }
  if (part.type === "refusal" && typeof part.refusal === "string") {
    if (Object.keys(part).length === 2) return [part];
    adjust(draft, "messages", "without_extras");
    return [{ type: "refusal", refusal: part.refusal }];
  }
  if (!TEXTS.includes(part.type)) {
    if (part.cache_control === undefined) return [part];
    const { cache_control: _, ...rest } = part;
    adjust(draft, "messages", "without_extras");
    return [rest as ContentPart];
  }
  const text: unknown = part.text ?? "";
  if (typeof text !== "string") {
    throw new FatalUpstreamError("invalid_request", `"${at}.text" must be a text.`, { param: `${at}.text` });
  }
  const surplus = Object.entries(part).filter(([key]) => key !== "type" && key !== "text");
  if (surplus.length === 0 && part.type === "text" && text === part.text) return [part];
  // `annotations` are an answer's.
  const isReported = surplus.some(([key, value]) => value !== null && value !== undefined && key !== "annotations");
  if (isReported) adjust(draft, "messages", "without_extras");
  return [{ type: "text", text }];
}
