import type { ChatMessage, ContentPart } from "../request/wire-types.js";

/** Joins the contents of several messages: to a string where all parts are text, since every model takes a string. */
export function joinContents(contents: readonly ChatMessage["content"][]): string | readonly ContentPart[] {
  const parts = contents.flatMap(toParts);
  const isText = parts.every((part) => part.type === "text");
  return isText ? parts.map((part) => part.text ?? "").join("\n\n") : parts;
}

function toParts(content: ChatMessage["content"]): readonly ContentPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  return content ?? [];
}
