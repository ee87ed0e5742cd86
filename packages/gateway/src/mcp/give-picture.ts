import { FatalUpstreamError, type ImageList, pictureType } from "@laplas/core";
import type { ImageContent } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { PictureForm, Scene } from "./scene.js";

/** What a result says of a picture. */
export const PICTURE_FIELDS: {
  readonly mime_type: z.ZodOptional<z.ZodString>;
  readonly url: z.ZodOptional<z.ZodString>;
  readonly revised_prompt: z.ZodOptional<z.ZodString>;
} = {
  mime_type: z.string().optional(),
  url: z.string().optional().describe("Its address, where it has one: may be fetched for a while"),
  revised_prompt: z.string().optional().describe("The prompt as the model changed it"),
};

/** A picture as a client gets it. */
export interface GivenPicture {
  /** Itself; absent where its address has to do. */
  readonly image?: ImageContent;
  readonly fields: z.infer<z.ZodObject<typeof PICTURE_FIELDS>>;
}

type Image = ImageList["data"][number];

/**
 * A picture itself, or its address: of the gateway or a file, where it came as data and is kept, else of its provider. It is paid for, so
 * one that can't be had in the form that was asked for comes in the other.
 *
 * The address stands in the words of the result, in no `resource_link`: LangChain's adapters make a part of that which chat models refuse,
 * or ask for it as a resource (1.1.4, November 2026).
 *
 * @throws FatalUpstreamError where the provider gave neither; the signal's reason
 */
export async function givePicture(
  { laplas, hostPicture }: Scene,
  image: Image,
  as: PictureForm,
  signal: AbortSignal,
): Promise<GivenPicture> {
  const data = dataOf(image);
  const bytes = data === undefined ? undefined : new Uint8Array(Buffer.from(data, "base64"));
  const url = bytes === undefined ? addressOf(image) : await hostPicture?.(bytes);
  const { revised_prompt: revised } = image;
  const fields = {
    ...(url === undefined ? {} : { url }),
    ...(typeof revised === "string" ? { revised_prompt: revised } : {}),
  };
  if (bytes !== undefined) return as === "picture" || url === undefined ? shown(bytes, fields) : { fields };
  if (url === undefined)
    throw new FatalUpstreamError("unexpected_response", "The server's answer has neither a picture nor its address.");
  if (as === "link") return { fields };
  try {
    return shown((await laplas.fetchPicture(url, { signal })).bytes, fields);
  } catch {
    signal.throwIfAborted();
    return { fields };
  }
}

function shown(bytes: Uint8Array<ArrayBuffer>, fields: GivenPicture["fields"]): GivenPicture {
  const mimeType = pictureType(bytes) ?? "image/png";
  return {
    image: { type: "image", data: Buffer.from(bytes).toString("base64"), mimeType },
    fields: { ...fields, mime_type: mimeType },
  };
}

/** The base64 of an image that came as data. */
function dataOf({ url, b64_json: data }: Image): string | undefined {
  if (typeof data === "string") return data;
  return typeof url === "string" ? /^data:[\w./+-]*[^,]*;base64,(.+)$/is.exec(url)?.[1] : undefined;
}

function addressOf({ url }: Image): string | undefined {
  return typeof url === "string" && /^https?:/i.test(url) && URL.canParse(url) ? url : undefined;
}
