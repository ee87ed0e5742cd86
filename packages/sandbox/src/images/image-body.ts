import { createHash } from "node:crypto";
import type { ImageRequest } from "./image-request.js";
import type { PictureStore } from "./picture-store.js";

/** All that an image answer is written from. */
export interface FinishedImages {
  request: ImageRequest;
  /** What the budget is charged for all of them. */
  apiTokens: number;
  usageShape: "usage" | "meta";
  /** `both`: every answer has `images` and `data`. */
  answers: "published" | "both";
  pictures: PictureStore;
  urlOf: (id: string) => string;
  /** Seconds since 1970. */
  created: number;
}

/** The body of an image answer, in the shape that is published for its model. */
export function imageBody(finished: FinishedImages): string {
  const { request, answers, usageShape } = finished;
  const seed = request.seed ?? seedOf(request.prompt, finished.pictures.earlier(request.prompt));
  const ids = Array.from({ length: request.count }, (_, index) =>
    finished.pictures.add(pictureOf(request, `${seed}/${index}`)),
  );
  const both = answers === "both";
  const fields: string[] = [];
  if (both || request.answer === "data") {
    fields.push(`"created":${finished.created}`, `"data":${JSON.stringify(ids.map((id) => dataEntry(id, finished)))}`);
  }
  if (both || request.answer !== "data") {
    fields.push(`"images":${JSON.stringify(ids.map((id) => imageEntry(id, finished)))}`);
  }
  // A seed can have 64 bits. As a JavaScript number it would lose its last digits, so it is written as it is.
  if (request.answer !== "data") fields.push(`"seed":${seed}`);
  if (request.answer === "images") {
    fields.push(
      `"has_nsfw_concepts":${JSON.stringify(ids.map(() => false))}`,
      `"prompt":${JSON.stringify(request.prompt)}`,
    );
  }
  if (usageShape === "meta") fields.push(`"meta":${JSON.stringify({ usage: { tokens_used: finished.apiTokens } })}`);
  return `{${fields.join(",")}}`;
}

function imageEntry(id: string, { request, urlOf }: FinishedImages): object {
  const size = request.answer === "images-without-size" ? {} : { width: request.width, height: request.height };
  return { url: urlOf(id), ...size, content_type: "image/png" };
}

function dataEntry(id: string, { request, pictures, urlOf }: FinishedImages): object {
  const image = request.base64 ? { b64_json: pictures.png(id)?.toString("base64") } : { url: urlOf(id) };
  return { ...image, revised_prompt: request.prompt };
}

function pictureOf({ prompt, width, height }: ImageRequest, seed: string) {
  return { prompt, width, height, seed };
}

/** 64 bits from the prompt, the first one set: always more than a double holds exactly. */
function seedOf(prompt: string, earlier: number): bigint {
  const digest = createHash("sha256").update(`${earlier}\n${prompt}`).digest();
  return digest.readBigUInt64BE(0) | (1n << 63n);
}
