import type { Laplas } from "@laplas/core";
import type { PictureStore } from "../pictures/picture-store.js";

interface AnswerImage {
  readonly url?: unknown;
}

/**
 * Fetches the pictures that an upstream keeps at an address of its own, so that the page, which may speak to this gateway alone, can
 * show them. One that can't be had keeps its address: the person may follow it.
 *
 * @param fetchPicture the engine's, which asks neither this machine nor its network but for the upstream's own server
 * @param addressOf the address of a kept picture by its name
 */
export async function bringPictures(
  answer: { data?: unknown },
  fetchPicture: Laplas["fetchPicture"],
  store: PictureStore,
  addressOf: (name: string) => string,
  signal: AbortSignal,
): Promise<{ data?: unknown }> {
  if (!Array.isArray(answer.data)) return answer;
  const bring = async (image: AnswerImage): Promise<AnswerImage> => {
    if (typeof image.url !== "string" || !/^https?:/i.test(image.url)) return image;
    const picture = await fetchPicture(image.url, { signal }).catch(() => undefined);
    const name = picture === undefined ? undefined : store.keep(picture.bytes);
    return name === undefined ? image : { ...image, url: addressOf(name) };
  };
  return { ...answer, data: await Promise.all(answer.data.map(bring)) };
}
