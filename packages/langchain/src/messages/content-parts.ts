import type { ContentPart } from "@laplas/core";

type JsonObject = Record<string, unknown>;

/** What a model is told by other fields of a message (tool calls), or need not be told again (its own thoughts). */
const NOT_SENT: ReadonlySet<string> = new Set([
  "reasoning",
  "thinking",
  "redacted_thinking",
  "tool_call",
  "tool_call_chunk",
  "invalid_tool_call",
  "tool_use",
  "input_json_delta",
  "server_tool_call",
  "server_tool_call_chunk",
  "server_tool_call_result",
]);

/**
 * One block of a LangChain message as a part in OpenAI's shape: standard blocks, their predecessors with `source_type`,
 * and the shapes of OpenAI and Anthropic. Images become `image_url`, so that the tier's rule speaks and not a type check.
 * Blocks of other kinds are passed on: the engine refuses them by name.
 */
export function toContentPart(block: unknown): ContentPart | undefined {
  if (typeof block === "string") return { type: "text", text: block };
  if (!isObject(block) || typeof block.type !== "string" || NOT_SENT.has(block.type)) return undefined;
  switch (block.type) {
    case "text":
    case "text-plain":
      // Message objects are strict upstream: `annotations`, `index` or `cache_control` beside the text would be a 400.
      return { type: "text", text: String(block.text ?? "") };
    case "image":
      return { type: "image_url", image_url: { url: imageUrl(block) } };
    case "image_url":
      return { type: "image_url", image_url: toImageUrl(block.image_url) };
    case "audio":
      return { type: "input_audio", input_audio: { data: dataOf(block), format: audioFormat(mimeType(block)) } };
    case "file":
      return isObject(block.file) ? (block as ContentPart) : { type: "file", file: toFile(block) };
    default:
      return block as ContentPart;
  }
}

/** Whether a part is text, with the text typed. */
export function isTextPart(part: ContentPart): part is ContentPart & { type: "text"; text: string } {
  return part.type === "text" && typeof part.text === "string";
}

function imageUrl(block: JsonObject): string {
  // Anthropic: { type: "image", source: { type: "base64", media_type, data } | { type: "url", url } }
  const source = isObject(block.source) ? block.source : block;
  if (typeof source.url === "string") return source.url;
  if (source.data !== undefined) return `data:${mimeType(source) ?? "image/png"};base64,${dataOf(source)}`;
  return String(source.fileId ?? source.id ?? "");
}

function toImageUrl(value: unknown): JsonObject {
  if (!isObject(value)) return { url: String(value) };
  return { url: value.url, ...(value.detail === undefined ? {} : { detail: value.detail }) };
}

function toFile(block: JsonObject): JsonObject {
  const id = block.fileId ?? (block.source_type === "id" ? block.id : undefined);
  if (id !== undefined) return { file_id: id };
  const metadata = isObject(block.metadata) ? block.metadata : {};
  const filename = metadata.filename ?? metadata.name;
  return {
    file_data: `data:${mimeType(block) ?? "application/octet-stream"};base64,${dataOf(block)}`,
    ...(filename === undefined ? {} : { filename }),
  };
}

function audioFormat(type: string | undefined): string {
  return type === "audio/mpeg" || type === "audio/mp3" ? "mp3" : (type?.split("/")[1]?.replace(/^x-/, "") ?? "wav");
}

function mimeType(block: JsonObject): string | undefined {
  const type = block.mimeType ?? block.mime_type ?? block.media_type;
  return typeof type === "string" ? type : undefined;
}

/** Base64. Standard blocks may hold bytes as well. */
function dataOf(block: JsonObject): string {
  if (!(block.data instanceof Uint8Array)) return String(block.data ?? "");
  let binary = "";
  // In slices: a spread of all bytes overflows the stack at about 100,000.
  for (let start = 0; start < block.data.length; start += 8192) {
    binary += String.fromCharCode(...block.data.subarray(start, start + 8192));
  }
  return btoa(binary);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null;
}
