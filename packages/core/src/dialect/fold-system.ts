import type { Adjustment } from "../request/adjustment.js";
import type { ChatMessage } from "../request/wire-types.js";
import { joinContents } from "./join-contents.js";
import { isInstruction } from "./late-instructions.js";

/** For models without a system role: instructions move to the head of the first user message. Nothing is lost. */
export function foldSystem(messages: readonly ChatMessage[], adjustments: Adjustment[]): readonly ChatMessage[] {
  const instructions = messages.filter(isInstruction);
  if (instructions.length === 0) return messages;
  const others = messages.filter((message) => !isInstruction(message));
  const first = others.findIndex((message) => message.role === "user");
  const contents = instructions.map(({ content }) => content);
  adjustments.push({ field: "messages", to: "messages=system_in_first_user_message", rule: "dialect" });
  const target = others[first];
  if (target === undefined) return [{ role: "user", content: joinContents(contents) }, ...others];
  return others.with(first, { ...target, content: joinContents([...contents, target.content]) });
}
