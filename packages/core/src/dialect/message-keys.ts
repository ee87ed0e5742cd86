import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { ChatMessage, JsonObject, ToolCall } from "../request/wire-types.js";
import { adjust, type ChatDraft } from "./chat-draft.js";
import { isObject } from "./field-values.js";

/** Keys of a message besides `role`, by role. The server answers 400 to any other. */
export type MessageKeys = Readonly<Record<string, readonly string[]>>;

const named = ["content", "name"];

/** The schema of the OpenAI-like family, published on 2025-04-16. */
export const OPENAI_KEYS: MessageKeys = {
  system: named,
  developer: named,
  user: named,
  assistant: [...named, "refusal", "tool_calls"],
  tool: [...named, "tool_call_id"],
};

/** Together-like, MiniMax and Gemini: a tool's result has no name. */
export const PLAIN_KEYS: MessageKeys = {
  ...OPENAI_KEYS,
  tool: ["content", "tool_call_id"],
};

/** What the Claude dialect reads of a message. */
export const CLAUDE_KEYS: MessageKeys = {
  system: ["content"],
  developer: ["content"],
  user: ["content"],
  assistant: ["content", "refusal", "tool_calls"],
  tool: ["content", "tool_call_id"],
};

/** Keys that say something of what was said. Without them something else would be. */
const MEANING: ReadonlySet<string> = new Set([
  "images",
  "image",
  "image_url",
  "audio",
  "video",
  "videos",
  "file",
  "files",
  "documents",
  "attachments",
  "experimental_attachments",
  "input_audio",
  // The answer goes on from this text.
  "prefix",
  "prefill",
]);

/**
 * The messages without keys that the server refuses: empty ones, and those that other worlds put there, such as thoughts, ids and marks for a
 * cache. They say nothing to the model, and are reported. `name` is taken off where a shape has none: it labels the speaker.
 *
 * @throws FatalUpstreamError `invalid_request` for a key that is part of what was said
 */
export function keepKnownKeys(
  messages: readonly ChatMessage[],
  shape: MessageKeys,
  draft: Pick<ChatDraft, "model" | "places" | "adjustments">,
): readonly ChatMessage[] {
  return messages.map((message, index) => {
    const known = (Object.hasOwn(shape, message.role) ? shape[message.role] : OPENAI_KEYS.assistant) ?? [];
    const keys = Object.keys(message).filter((key) => key !== "role");
    const surplus = keys.filter((key) => !known.includes(key) || isEmptyOptional(key, message[key]));
    if (surplus.length === 0) return message;
    const copy = { ...message };
    for (const key of surplus) {
      delete copy[key];
      if (isEmpty(message[key])) continue;
      if (MEANING.has(key) && message[key] !== false)
        throw unknownKey(`messages[${draft.places[index]}]`, key, draft.model);
      adjust(draft, "messages", key === "name" ? "without_names" : "without_extras");
    }
    return copy;
  });
}

/** The same for the calls inside. */
export function keepKnownCallKeys(
  messages: readonly ChatMessage[],
  draft: Pick<ChatDraft, "adjustments">,
): readonly ChatMessage[] {
  return messages.map((message) => {
    const { tool_calls: calls } = message;
    if (!Array.isArray(calls) || calls.every(isPlainCall)) return message;
    return { ...message, tool_calls: calls.map((call: ToolCall) => keepCall(call, draft)) };
  });
}

function keepCall(call: ToolCall, draft: Pick<ChatDraft, "adjustments">): ToolCall {
  if (!isObject(call) || !isObject(call.function)) return call;
  const keep = (object: JsonObject, known: readonly string[]): JsonObject => {
    const entries = Object.entries(object).filter(([key, value]) => {
      if (known.includes(key)) return true;
      if (!isEmpty(value)) adjust(draft, "messages", "without_extras");
      return false;
    });
    return Object.fromEntries(entries);
  };
  return { ...keep(call, CALL_KEYS), function: keep(call.function, CALLED_KEYS) } as unknown as ToolCall;
}

const CALL_KEYS = ["id", "type", "function"];
const CALLED_KEYS = ["name", "arguments"];

function isPlainCall(call: ToolCall): boolean {
  if (!isObject(call) || !isObject(call.function)) return true;
  return (
    Object.keys(call).every((key) => CALL_KEYS.includes(key)) &&
    Object.keys(call.function).every((key) => CALLED_KEYS.includes(key))
  );
}

/** `null` where a key may be left out means the same, and strict schemas do not take it. `content: null` has its own meaning. */
function isEmptyOptional(key: string, value: unknown): boolean {
  if (key === "content") return false;
  if (key === "name" && typeof value === "string") return value.trim() === "";
  return value === null || value === undefined || (key === "tool_calls" && isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The error for a key that would be lost. */
function unknownKey(place: string, key: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${place} has a field ${quote(key)}, which ${quote(model)} does not take. Leave it out.`,
    { param: `${place}.${key}` },
  );
}
