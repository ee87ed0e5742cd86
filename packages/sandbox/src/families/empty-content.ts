import { type Refusal, vendorRefusal } from "../tier/refusal.js";
import type { OpenAIMessage } from "./openai-messages.js";

/** Whether a message says nothing: no text, and no part that is something else. */
export function saysNothing({ content }: OpenAIMessage): boolean {
  if (content === undefined || content === null) return false;
  if (typeof content === "string") return content === "";
  return content.every((part) => part.type === "text" && part.text === "");
}

/** The first empty message among those that the vendor wants filled, in the vendor's words. */
export function emptyContentFault(
  messages: readonly OpenAIMessage[],
  mayBeEmpty: (message: OpenAIMessage) => boolean,
  words: string,
): Refusal | undefined {
  const index = messages.findIndex((message) => saysNothing(message) && !mayBeEmpty(message));
  return index < 0 ? undefined : vendorRefusal(`messages[${index}]: ${words}`);
}
