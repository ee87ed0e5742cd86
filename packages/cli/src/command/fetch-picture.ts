import { FatalUpstreamError, type ImageList, type Laplas, type PictureType, pictureType } from "@laplas/core";

/** A picture as it is written to a file. */
export interface Picture {
  readonly bytes: Uint8Array;
  /** By its first bytes, whatever the server called it. */
  readonly type: PictureType | "unknown";
}

/** The bytes of a picture that came as data, or as an address. @throws FatalUpstreamError: once more would be paid once more; or the signal's reason */
export async function fetchPicture(
  { fetchPicture: fetchAddress }: Pick<Laplas, "fetchPicture">,
  { url, b64_json: data }: ImageList["data"][number],
  signal: AbortSignal,
): Promise<Picture> {
  if (typeof data === "string") {
    const bytes = Buffer.from(data, "base64");
    return { bytes, type: pictureType(bytes) ?? "unknown" };
  }
  if (typeof url === "string" && /^(https?|data):/i.test(url)) return fetchAddress(url, { signal });
  throw new FatalUpstreamError(
    "unexpected_response",
    "The server's answer has neither a picture nor the address of one.",
  );
}
