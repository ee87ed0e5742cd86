import { FatalUpstreamError, type ImageList, pictureType } from "@laplas/core";
import type { ContentBlock } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Scene } from "./scene.js";

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
  readonly block: ContentBlock;
  readonly fields: z.infer<z.ZodObject<typeof PICTURE_FIELDS>>;
}

type Image = ImageList["data"][number];

/**
 * A picture itself, or its address: of the gateway, where it came as data and the gateway keeps it, else of its provider. It is paid for,
 * so one that can't be had in the form that was asked for comes in the other.
 *
 * @throws FatalUpstreamError where the provider gave neither; the signal's reason
 */
export async function givePicture(
  { laplas, hostPicture }: Scene,
  image: Image,
  as: "picture" | "link",
  signal: AbortSignal,
): Promise<GivenPicture> {
  const data = dataOf(image);
  const bytes = data === undefined ? undefined : new Uint8Array(Buffer.from(data, "base64"));
  const url = bytes === undefined ? addressOf(image) : hostPicture?.(bytes);
  const { revised_prompt: revised } = image;
  const more = {
    ...(url === undefined ? {} : { url }),
    ...(typeof revised === "string" ? { revised_prompt: revised } : {}),
  };
  const picture = (shown: Uint8Array<ArrayBuffer>): GivenPicture => {
    const mimeType = pictureType(shown) ?? "image/png";
    const base64 = Buffer.from(shown).toString("base64");
    return { block: { type: "image", data: base64, mimeType }, fields: { mime_type: mimeType, ...more } };
  };
  if (bytes !== undefined && (as === "picture" || url === undefined)) return picture(bytes);
  if (url === undefined)
    throw new FatalUpstreamError("unexpected_response", "The server's answer has neither a picture nor its address.");
  const link = (): GivenPicture => {
    const type = bytes === undefined ? undefined : pictureType(bytes);
    const mimeType = type === undefined ? {} : { mimeType: type };
    const name = new URL(url).pathname.split("/").at(-1) || "picture";
    return {
      block: { type: "resource_link", uri: url, name, ...mimeType },
      fields: { ...(type === undefined ? {} : { mime_type: type }), ...more },
    };
  };
  if (as === "link") return link();
  try {
    return picture((await laplas.fetchPicture(url, { signal })).bytes);
  } catch {
    signal.throwIfAborted();
    return link();
  }
}

/** The base64 of an image that came as data. */
function dataOf({ url, b64_json: data }: Image): string | undefined {
  if (typeof data === "string") return data;
  return typeof url === "string" ? /^data:[\w./+-]*[^,]*;base64,(.+)$/is.exec(url)?.[1] : undefined;
}

function addressOf({ url }: Image): string | undefined {
  return typeof url === "string" && /^https?:/i.test(url) && URL.canParse(url) ? url : undefined;
}
