import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage, ContentPart } from "../request/wire-types.js";

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
