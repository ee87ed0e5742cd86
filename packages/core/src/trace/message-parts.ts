import { isObject } from "../dialect/field-values.js";
import type { ReadRequest } from "../request/read-request.js";
import type { ChatMessage, ContentPart, ToolCall } from "../request/wire-types.js";

/** A part of a message in the conventions' JSON schema. */
export type MessagePart = Readonly<Record<string, unknown>>;

/** A message in the conventions' JSON schema. */
export interface TracedMessage {
  readonly role: string;
  readonly parts: readonly MessagePart[];
}

/** What was asked, as `gen_ai.input.messages` has it. Texts of embeddings are none: the conventions have no place for them. */
export function inputMessages({ endpoint, messages, body }: ReadRequest): readonly TracedMessage[] {
  if (endpoint === "image") return [{ role: "user", parts: [textPart(body.prompt)] }];
  return messages.map((message) => ({ role: message.role, parts: partsOf(message) }));
}

function partsOf({ role, content, tool_calls: calls = [], tool_call_id: id }: ChatMessage): MessagePart[] {
  if (role === "tool") return [{ type: "tool_call_response", id: id ?? null, response: content ?? null }];
  const said = typeof content === "string" ? [textPart(content)] : (content ?? []).map(contentPart);
  return [...said, ...(Array.isArray(calls) ? calls.map(callPart) : [])];
}

function contentPart(part: ContentPart): MessagePart {
  if (part.type === "text") return textPart(part.text);
  const { image_url: image } = part;
  const url = isObject(image) ? image.url : image;
  if (typeof url !== "string") return { type: part.type };
  const [, type] = /^data:([^;,]*)/i.exec(url) ?? [];
  // A picture in a span would be megabytes that no trace store keeps.
  return type === undefined
    ? { type: "uri", modality: "image", uri: url }
    : { type: "blob", modality: "image", mime_type: type, content: "" };
}

export function textPart(content: unknown): MessagePart {
  return { type: "text", content: typeof content === "string" ? content : "" };
}

/** @param call as a model asks for it: its arguments are JSON, unless the output limit cut them */
export function callPart({ id, function: asked }: Pick<ToolCall, "id" | "function">): MessagePart {
  return { type: "tool_call", id, name: asked?.name ?? "", arguments: parsed(asked?.arguments) };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return text;
  }
}
