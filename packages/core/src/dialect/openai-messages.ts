import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, ContentPart } from "../request/wire-types.js";

/** Keys a message may have; the server answers 400 to any other. */
const MESSAGE_KEYS: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "refusal",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "audio",
]);

/** Keys that only answers have. A program that sends an answer back as history sends them along; they say nothing to the model. */
const ANSWER_KEYS: ReadonlySet<string> = new Set([
  "annotations",
  "reasoning_content",
  "reasoning",
  "provider_specific_fields",
]);

/**
 * The messages without keys that the server refuses. Empty values and keys of answers are taken off; anything else unknown
 * would be lost, so it is an error.
 */
export function keepKnownKeys(
  messages: readonly ChatMessage[],
  model: string,
  adjustments: Adjustment[],
): readonly ChatMessage[] {
  let removed = false;
  const kept = messages.map((message, index) => {
    const unknown = Object.keys(message).filter((key) => !MESSAGE_KEYS.has(key) || isEmptyOptional(key, message[key]));
    if (unknown.length === 0) return message;
    const copy = { ...message };
    for (const key of unknown) {
      const value = message[key];
      if (value !== undefined && value !== null && !ANSWER_KEYS.has(key)) throw unknownKey(index, key, model);
      if (value !== undefined && value !== null) removed = true;
      delete copy[key];
    }
    return copy;
  });
  if (removed) adjustments.push({ field: "messages", to: "messages=without_answer_fields", rule: "dialect" });
  return kept;
}

/** `null` where a key may be left out means the same, and strict schemas do not take it. `content: null` has its own meaning. */
function isEmptyOptional(key: string, value: unknown): boolean {
  return key !== "content" && (value === null || value === undefined);
}

function unknownKey(index: number, key: string, model: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `messages[${index}] has a field ${quote(key)}, which ${quote(model)} does not take. Leave it out.`,
    { param: `messages[${index}].${key}` },
  );
}

/** For models without a system role: instructions move to the head of the first user message. Nothing is lost. */
export function foldSystem(messages: readonly ChatMessage[], adjustments: Adjustment[]): readonly ChatMessage[] {
  const instructions = messages.filter(isInstruction);
  if (instructions.length === 0) return messages;
  const others = messages.filter((message) => !isInstruction(message));
  const first = others.findIndex((message) => message.role === "user");
  const parts = instructions.flatMap(({ content }) => toParts(content));
  adjustments.push({ field: "messages", to: "messages=system_in_first_user_message", rule: "dialect" });
  const target = others[first];
  if (target === undefined) return [{ role: "user", content: mergeParts(parts) }, ...others];
  const merged = { ...target, content: mergeParts([...parts, ...toParts(target.content)]) };
  return others.with(first, merged);
}

function isInstruction({ role }: ChatMessage): boolean {
  return role === "system" || role === "developer";
}

function toParts(content: ChatMessage["content"]): ContentPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content === null || content === undefined ? [] : [...content];
}

/** Plain text where all parts are text: every model takes a string. */
function mergeParts(parts: readonly ContentPart[]): string | ContentPart[] {
  const isText = parts.every((part) => part.type === "text");
  return isText ? parts.map((part) => part.text ?? "").join("\n\n") : [...parts];
}
