import type { PictureStore } from "../pictures/picture-store.js";

interface AnswerImage {
  readonly url?: unknown;
}

const MOST_BYTES = 20_000_000;
const PATIENCE_MS = 30_000;

/**
 * Fetches the pictures that an upstream keeps at an address of its own, so that the page, which may speak to this gateway alone, can
 * show them. One that can't be had keeps its address: the person may follow it.
 *
 * @param addressOf the address of a kept picture by its name
 */
export async function bringPictures(
  answer: { data?: unknown },
  store: PictureStore,
  addressOf: (name: string) => string,
  signal: AbortSignal,
): Promise<{ data?: unknown }> {
  if (!Array.isArray(answer.data)) return answer;
  const bring = async (image: AnswerImage): Promise<AnswerImage> => {
    if (typeof image.url !== "string" || !/^https?:/.test(image.url)) return image;
    const bytes = await download(image.url, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
    const name = bytes === undefined ? undefined : store.keep(bytes);
    return name === undefined ? image : { ...image, url: addressOf(name) };
  };
  return { ...answer, data: await Promise.all(answer.data.map(bring)) };
}

async function download(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    // Neither the key nor anything else of this gateway's goes along: the address may be anybody's.
    const response = await fetch(url, { signal, credentials: "omit", referrerPolicy: "no-referrer" });
    if (!response.ok || response.body === null) return undefined;
    const pieces: Uint8Array[] = [];
    let bytes = 0;
    for await (const piece of response.body) {
      bytes += piece.length;
      if (bytes > MOST_BYTES) return undefined;
      pieces.push(piece);
    }
    return new Uint8Array(Buffer.concat(pieces));
  } catch {
    return undefined;
  }
}
