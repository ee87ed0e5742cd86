import type { PictureStore } from "./picture-store.js";

/** An image of an answer, as far as it matters here. */
interface AnswerImage {
  url?: unknown;
  b64_json?: unknown;
}

/**
 * Gives pictures that came as data an address, where the caller did not ask for data: chats and canvases show links, and a
 * megabyte of base64 has no place in a conversation.
 *
 * @param addressOf the address of a kept picture by its name
 */
export function hostPictures(
  answer: { data?: unknown },
  store: PictureStore,
  addressOf: (name: string) => string,
): { data?: unknown } {
  if (!Array.isArray(answer.data)) return answer;
  return { ...answer, data: answer.data.map((image: AnswerImage) => hosted(image, store, addressOf)) };
}

function hosted(image: AnswerImage, store: PictureStore, addressOf: (name: string) => string): AnswerImage {
  const data = dataOf(image);
  const name = data === undefined ? undefined : store.keep(new Uint8Array(Buffer.from(data, "base64")));
  if (name === undefined) return image;
  const { b64_json: _, ...rest } = image;
  return { ...rest, url: addressOf(name) };
}

/** The base64 of an image that has no address of its own. */
function dataOf({ url, b64_json: data }: AnswerImage): string | undefined {
  if (typeof url === "string") return /^data:image\/[\w.+-]+;base64,(.+)$/s.exec(url)?.[1];
  return typeof data === "string" ? data : undefined;
}
