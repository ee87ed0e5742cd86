import { FatalUpstreamError, type ImageList } from "@laplas/core";

/** A picture as it is written to a file. */
export interface Picture {
  readonly bytes: Buffer;
  /** By its first bytes, whatever the server called it. */
  readonly type: "image/png" | "image/jpeg" | "image/webp" | "unknown";
}

/** How long a picture's server may be silent. */
const PATIENCE_MS = 60_000;

/** The bytes of a picture that came as data, or as an address. @throws FatalUpstreamError: once more would be paid once more; or the signal's reason */
export async function fetchPicture(image: ImageList["data"][number], signal: AbortSignal): Promise<Picture> {
  if (typeof image.b64_json === "string") return pictureOf(Buffer.from(image.b64_json, "base64"));
  if (typeof image.url !== "string" || !/^(https?|data):/.test(image.url)) {
    throw new FatalUpstreamError(
      "unexpected_response",
      "The server's answer has neither a picture nor the address of one.",
    );
  }
  try {
    const response = await fetch(image.url, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return pictureOf(Buffer.from(await response.arrayBuffer()));
  } catch (error) {
    signal.throwIfAborted();
    // The address is the picture: whoever has it has what was paid for.
    throw new FatalUpstreamError(
      "unexpected_response",
      `The picture was drawn, but can't be fetched. It lies at ${image.url.slice(0, 300)}`,
      {
        cause: error,
      },
    );
  }
}

function pictureOf(bytes: Buffer): Picture {
  const head = bytes.subarray(0, 12).toString("latin1");
  if (head.startsWith("\x89PNG")) return { bytes, type: "image/png" };
  if (head.startsWith("\xff\xd8\xff")) return { bytes, type: "image/jpeg" };
  return { bytes, type: head.startsWith("RIFF") && head.endsWith("WEBP") ? "image/webp" : "unknown" };
}
