import type { ContentBlock } from "@langchain/core/messages";
import type { ImageList } from "@laplas/core";
import type { MessageReport } from "../messages/message-report.js";

/** What is known about a picture beside itself. Absent where the server did not say. */
export interface LaplasImageMetadata extends Record<string, unknown> {
  width?: number;
  height?: number;
  /** What the model made of the prompt (dall-e-3). */
  revisedPrompt?: string;
  /** What it was drawn from; a text where it is larger than JavaScript counts exactly. */
  seed?: number | string;
  /** The id that was asked for. */
  model?: string;
  /** How the call came about: the same object in all pictures of one call, so not to be added up. */
  laplas?: MessageReport;
}

/** A picture as LangChain's standard block: with `url`, or with `data` (base64) and `mimeType`. */
export type LaplasImage = ContentBlock.Multimodal.Image & { metadata?: LaplasImageMetadata };

/** Pictures of the engine's answer, or of an error's `completed`, as standard blocks. */
export function toImageBlocks(data: ImageList["data"], shared: LaplasImageMetadata): LaplasImage[] {
  return data.map((image) => {
    const { width, height, revised_prompt: revisedPrompt, content_type: contentType, seed } = image;
    const metadata: LaplasImageMetadata = {
      ...(typeof width === "number" ? { width } : {}),
      ...(typeof height === "number" ? { height } : {}),
      ...(revisedPrompt ? { revisedPrompt } : {}),
      ...shared,
      ...(typeof seed === "number" || typeof seed === "string" ? { seed } : {}),
    };
    const [, embeddedType, embedded] = /^data:([^;,]*);base64,(.*)$/s.exec(image.url ?? "") ?? [];
    const base64 = image.b64_json ?? embedded;
    if (base64 !== undefined) {
      return { type: "image", data: base64, mimeType: contentType || embeddedType || mimeTypeOf(base64), metadata };
    }
    return { type: "image", url: image.url ?? "", ...(contentType ? { mimeType: contentType } : {}), metadata };
  });
}

/** The first bytes of the formats that models draw in, as base64 writes them. */
const BEGINNINGS: readonly (readonly [beginning: string, mimeType: string])[] = [
  ["iVBOR", "image/png"],
  ["/9j/", "image/jpeg"],
  ["UklGR", "image/webp"],
];

/** LangChain requires a type beside data, and dall-e names none: it draws PNG. */
function mimeTypeOf(base64: string): string {
  return BEGINNINGS.find(([beginning]) => base64.startsWith(beginning))?.[1] ?? "image/png";
}
