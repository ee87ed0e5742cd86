import { isObject, shown } from "../../dialect/field-values.js";
import type { ContentPart } from "../../request/wire-types.js";
import { invalid, wrongKind } from "./invalid.js";

const TEXTS: readonly unknown[] = ["input_text", "output_text", "text", "summary_text"];
/** Nothing is stored here, so an id finds nothing. */
const SEND_INLINE = "No files are kept here: send the content itself.";

/** What an item says: a text, or parts in the words of chats. @throws FatalUpstreamError `invalid_request` naming the part */
export function readContent(content: unknown, place: string): string | readonly ContentPart[] {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw wrongKind(place, "a text, or a list of parts");
  const parts = content.map((part, index) => readPart(part, `${place}[${index}]`));
  const [only] = parts;
  if (parts.length === 0) return "";
  return parts.length === 1 && only?.type === "text" ? (only.text ?? "") : parts;
}

/** The text of parts that hold nothing else; `undefined` where they do. @param between what stands between two of them */
export function textOf(content: string | readonly ContentPart[], between: string): string | undefined {
  if (typeof content === "string") return content;
  const texts = content.flatMap(({ type, text }) => (type === "text" ? [text ?? ""] : []));
  return texts.length === content.length ? texts.join(between) : undefined;
}

function readPart(part: unknown, place: string): ContentPart {
  if (typeof part === "string") return { type: "text", text: part };
  if (!isObject(part)) throw wrongKind(place, "a part with a type");
  const { type } = part;
  if (TEXTS.includes(type)) {
    if (typeof part.text !== "string") throw wrongKind(`${place}.text`, "a text");
    return { type: "text", text: part.text };
  }
  switch (type) {
    case "refusal":
      if (typeof part.refusal !== "string") throw wrongKind(`${place}.refusal`, "a text");
      return { type: "text", text: part.refusal };
    case "input_image":
      return readImage(part, place);
    case "input_file":
      return readFile(part, place);
    case "input_audio":
      return { type, input_audio: part.input_audio };
    default:
      throw invalid(`${place} is a part of type ${shown(type)}, which is not known here.`, `${place}.type`);
  }
}

function readImage(part: Readonly<Record<string, unknown>>, place: string): ContentPart {
  // Some clients nest it as chats do.
  const { image_url: image, detail } = part;
  const url = isObject(image) ? image.url : image;
  if (typeof url !== "string") throw invalid(`${place} has no "image_url". ${SEND_INLINE}`, `${place}.image_url`);
  return { type: "image_url", image_url: { url, ...(typeof detail === "string" ? { detail } : {}) } };
}

function readFile(part: Readonly<Record<string, unknown>>, place: string): ContentPart {
  const { file_data: data, filename } = part;
  if (typeof data !== "string") throw invalid(`${place} has no "file_data". ${SEND_INLINE}`, `${place}.file_data`);
  return { type: "file", file: { file_data: data, ...(typeof filename === "string" ? { filename } : {}) } };
}
