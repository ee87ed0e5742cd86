/** The text of a file, or why there is none. */
export type Decoded = { readonly text: string } | { readonly reason: string };

const MARKS = [
  { encoding: "utf-16le", bytes: [0xff, 0xfe] },
  { encoding: "utf-16be", bytes: [0xfe, 0xff] },
] as const;

/** Reads bytes as UTF-8, or as UTF-16 where they begin with its byte order mark. */
export function decode(bytes: Uint8Array): Decoded {
  const marked = MARKS.find((mark) => mark.bytes.every((byte, index) => bytes[index] === byte));
  const encoding = marked?.encoding ?? "utf-8";
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return { reason: bytes.includes(0) ? BINARY : `not valid ${encoding.toUpperCase()}` };
  }
  if (text.includes("\0")) return { reason: BINARY };
  return text.trim() === "" ? { reason: "blank" } : { text };
}

/** Every binary format has a zero byte early on, and so has UTF-16; no text in UTF-8 does. */
const BINARY = "binary, or UTF-16 without a byte order mark";
