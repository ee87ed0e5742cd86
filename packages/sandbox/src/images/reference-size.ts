import type { ImageSize } from "./image-size.js";
import type { PictureStore } from "./picture-store.js";

const dataPrefix = "data:image/png;base64,";

/**
 * The size of the picture that an image-to-image request starts from: a PNG in a data URL, or a picture of this sandbox.
 * Undefined for others: the sandbox fetches nothing.
 */
export function referenceSize(url: string, pictures: PictureStore): ImageSize | undefined {
  const own = pictures.find(/\/images\/(\w+)\.png$/.exec(url)?.[1] ?? "");
  if (own) return { width: own.width, height: own.height };
  if (!url.startsWith(dataPrefix)) return undefined;
  // The size stands in bytes 16 to 23; the rest need not be decoded.
  const bytes = Buffer.from(url.slice(dataPrefix.length, dataPrefix.length + 40), "base64");
  if (bytes.length < 24 || bytes.toString("latin1", 12, 16) !== "IHDR") return undefined;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const drawable = width > 0 && height > 0 && width <= 2048 && height <= 2048;
  return drawable ? { width, height } : undefined;
}
