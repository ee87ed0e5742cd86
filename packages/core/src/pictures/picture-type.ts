/** The kinds of picture that image models answer with. */
export type PictureType = "image/png" | "image/jpeg" | "image/webp" | "image/gif" | "image/avif" | "image/svg+xml";

/** Bytes from which every kind is known, and a page can be told from them. */
export const TYPE_BYTES = 512;

/**
 * The kind of a picture by its first bytes: what a server calls it is not enough. A drawing in SVG is text, so there the server has
 * to name it as well.
 *
 * @param declared the server's `content-type`
 * @returns `undefined` for bytes that are no picture of these kinds
 */
export function pictureType(bytes: Uint8Array, declared = ""): PictureType | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, TYPE_BYTES));
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (/^GIF8[79]a/.test(head)) return "image/gif";
  if (/^ftypavi[fs]/.test(head.slice(4))) return "image/avif";
  const isDrawing = /^\s*image\/svg\+xml\b/i.test(declared) && /<svg[\s>]/i.test(head);
  return isDrawing ? "image/svg+xml" : undefined;
}
