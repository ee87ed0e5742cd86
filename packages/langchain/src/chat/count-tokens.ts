import type { MessageContent } from "@langchain/core/messages";
import { isTextPart, toContentPart } from "../messages/content-parts.js";

/**
 * Estimates the tokens of a text from its UTF-8 bytes, four to a token: about right for English, and for scripts of three
 * bytes a letter on the safe side. Core's own count downloads a table of some megabytes from the network at the first call.
 */
export function countTokens(content: MessageContent): number {
  const blocks: readonly unknown[] = typeof content === "string" ? [content] : content;
  const text = blocks.map((block) => {
    const part = toContentPart(block);
    return part !== undefined && isTextPart(part) ? part.text : "";
  });
  return Math.ceil(new TextEncoder().encode(text.join("")).length / 4);
}
