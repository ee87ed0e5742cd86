import { adjust } from "../../dialect/chat-draft.js";
import { isObject, wrongType } from "../../dialect/field-values.js";
import { quote } from "../../errors/quote.js";
import { FatalUpstreamError } from "../../errors/upstream-errors.js";
import type { ContentPart, JsonObject } from "../../request/wire-types.js";
import type { Reading } from "./read-tools.js";

/** A block of a message's content. */
export type Block = JsonObject & { readonly type: string };

/** The blocks of a content: of a text one, of nothing none. @throws FatalUpstreamError `invalid_request` naming the place */
export function blocksOf(content: unknown, at: string): readonly Block[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (content === undefined || content === null) return [];
  if (!Array.isArray(content)) throw wrongType(at, "a text, or a list of blocks");
  for (const [index, block] of content.entries()) {
    if (!isObject(block) || typeof block.type !== "string") throw wrongType(`${at}[${index}]`, "a block with a type");
  }
  return content;
}

/**
 * What a block says, as parts of a chat's message. Blank texts are left out: Claude refuses them, and to the others they say nothing.
 *
 * @throws FatalUpstreamError `invalid_request` for a block that would be lost
 */
export function readBlock(block: Block, at: string, reading: Reading): readonly ContentPart[] {
  if (block.cache_control !== undefined && block.cache_control !== null) adjust(reading, "cache_control", "removed");
  switch (block.type) {
    case "text":
      return said(textOf(block.text, `${at}.text`));
    case "image":
      return [readImage(block.source, `${at}.source`)];
    case "document":
      return readDocument(block, at);
    case "search_result":
      return said(labelled([block.title, block.source], textsOf(block.content, `${at}.content`)));
    case "tool_reference":
      return said(`Tool: ${textOf(block.tool_name, `${at}.tool_name`)}`);
    // A summary of what was said before.
    case "compaction":
      return said(typeof block.content === "string" ? block.content : "");
    default:
      throw lost(`${at}.type`, `a block of type ${quote(block.type)}`);
  }
}

/** The texts of blocks, where nothing but text has a place. */
function textsOf(content: unknown, at: string): string {
  return blocksOf(content, at)
    .map(({ type, text }, index) => {
      if (type !== "text") throw lost(`${at}[${index}].type`, `a block of type ${quote(type)}`);
      return textOf(text, `${at}[${index}].text`);
    })
    .join("\n\n");
}

function readImage(source: unknown, at: string): ContentPart {
  const { type, media_type: mediaType, data, url } = isObject(source) ? source : {};
  if (type === "url" && typeof url === "string") return { type: "image_url", image_url: { url } };
  if (type === "base64" && typeof data === "string" && typeof mediaType === "string") {
    return { type: "image_url", image_url: { url: `data:${mediaType};base64,${data}` } };
  }
  throw lost(at, "a picture that is neither base64 nor an address");
}

function readDocument(block: Block, at: string): readonly ContentPart[] {
  const source = isObject(block.source) ? block.source : {};
  const { type, data, content } = source;
  const label = [block.title, block.context];
  if (type === "text") return said(labelled(label, textOf(data, `${at}.source.data`)));
  if (type === "content") return said(labelled(label, textsOf(content, `${at}.source.content`)));
  throw lost(`${at}.source`, "a document that is no text");
}

function labelled(labels: readonly unknown[], text: string): string {
  return [...labels.filter((label) => typeof label === "string" && label !== ""), text].join("\n");
}

function said(text: string): readonly ContentPart[] {
  return text.trim() === "" ? [] : [{ type: "text", text }];
}

function textOf(value: unknown, at: string): string {
  if (typeof value !== "string") throw wrongType(at, "a text");
  return value;
}

function lost(param: string, what: string): FatalUpstreamError {
  return new FatalUpstreamError(
    "invalid_request",
    `"${param}" is ${what}, which can't be said in a chat's words. Take it out, or say in text what it holds.`,
    { param },
  );
}
