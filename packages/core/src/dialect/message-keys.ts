import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, JsonObject, ToolCall } from "../request/wire-types.js";

/** Keys of a message besides `role`, by role. The server answers 400 to any other. */
export type MessageKeys = Readonly<Record<string, readonly string[]>>;

const named = ["content", "name"];

/** The schema of the OpenAI-like family, published on 2025-04-16. */
export const OPENAI_KEYS: MessageKeys = {
  system: named,
  developer: named,
  user: named,
  assistant: [...named, "refusal", "audio", "tool_calls", "function_call"],
  tool: [...named, "tool_call_id"],
  function: named,
};

/** Together-like, MiniMax and Gemini: a tool's result has no name, and nobody an older or a spoken answer. */
export const PLAIN_KEYS: MessageKeys = {
  ...OPENAI_KEYS,
  assistant: [...named, "refusal", "tool_calls"],
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

/** Keys that only answers have. A program that sends an answer back as history sends them along; they say nothing to the model. */
const ANSWER_KEYS: ReadonlySet<string> = new Set([
  "annotations",
  "reasoning_content",
  "reasoning",
  "provider_specific_fields",
]);
/** What a program that puts a streamed call together leaves in it. */
const ANSWER_CALL_KEYS: ReadonlySet<string> = new Set(["index"]);

/**
 * The messages without keys that the server refuses. Empty values and keys of answers are taken off, and so is a `name`
 * where a shape has none: it labels the speaker and is no part of what was said. Anything else unknown would be lost, so it
 * is an error.
 */
export function keepKnownKeys(
  messages: readonly ChatMessage[],
  shape: MessageKeys,
  model: string,
  adjustments: Adjustment[],
): readonly ChatMessage[] {
  const removed = new Set<string>();
  const kept = messages.map((message, index) => {
    const known = (Object.hasOwn(shape, message.role) ? shape[message.role] : OPENAI_KEYS.assistant) ?? [];
    const keys = Object.keys(message).filter((key) => key !== "role");
    const surplus = keys.filter((key) => !known.includes(key) || isEmptyOptional(key, message[key]));
    if (surplus.length === 0) return message;
    const copy = { ...message };
    for (const key of surplus) {
      delete copy[key];
      if (isEmpty(message[key])) continue;
      if (ANSWER_KEYS.has(key)) removed.add("messages=without_answer_fields");
      else if (key === "name") removed.add("messages=without_names");
      else throw unknownKey(`messages[${index}]`, key, model);
    }
    return copy;
  });
  for (const to of removed) adjustments.push({ field: "messages", to, rule: "dialect" });
  return kept;
}

/** The same for the calls inside, where a shape closes those as well. */
export function keepKnownCallKeys(
  messages: readonly ChatMessage[],
  model: string,
  adjustments: Adjustment[],
): readonly ChatMessage[] {
  let removed = false;
  const kept = messages.map((message, index) => {
    const { tool_calls: calls } = message;
    if (!Array.isArray(calls) || calls.every(isPlainCall)) return message;
    const plain = calls.map((call: ToolCall, place: number) => {
      const at = `messages[${index}].tool_calls[${place}]`;
      const keepKeys = (object: object, known: readonly string[], where: string): JsonObject => {
        const entries = Object.entries(object).filter(([key, value]) => {
          if (known.includes(key)) return true;
          if (!isEmpty(value) && !ANSWER_CALL_KEYS.has(key)) throw unknownKey(where, key, model);
          removed = true;
          return false;
        });
        return Object.fromEntries(entries);
      };
      if (typeof call?.function !== "object" || call.function === null) return call;
      const called = keepKeys(call.function, CALLED_KEYS, `${at}.function`);
      return { ...keepKeys(call, CALL_KEYS, at), function: called } as unknown as ToolCall;
    });
    return { ...message, tool_calls: plain };
  });
  if (removed) adjustments.push({ field: "messages", to: "messages=without_answer_fields", rule: "dialect" });
  return kept;
}

const CALL_KEYS = ["id", "type", "function"];
const CALLED_KEYS = ["name", "arguments"];

function isPlainCall(call: ToolCall): boolean {
  if (typeof call?.function !== "object" || call.function === null) return true;
  return (
    Object.keys(call).every((key) => CALL_KEYS.includes(key)) &&
    Object.keys(call.function).every((key) => CALLED_KEYS.includes(key))
  );
}

/** `null` where a key may be left out means the same, and strict schemas do not take it. `content: null` has its own meaning. */
function isEmptyOptional(key: string, value: unknown): boolean {
  if (key === "content") return false;
  return value === null || value === undefined || (key === "tool_calls" && isEmpty(value));
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The error for a key that would be lost. */
export function unknownKey(place: string, key: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `${place} has a field ${quote(key)}, which ${quote(model)} does not take. Leave it out.`,
    { param: `${place}.${key}` },
  );
}
