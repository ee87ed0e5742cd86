import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createInflate, createInflateRaw } from "node:zlib";

/** A content coding that bodies of requests may have. */
export type Coding = "gzip" | "deflate";

/** More of them than anybody needs: each costs a pass over the body. */
const MOST_CODINGS = 3;

/** The codings named by `Content-Encoding` in the order of their use; `undefined` if one of them is unknown. */
export function readCodings(header: string | null): readonly Coding[] | undefined {
  const codings: Coding[] = [];
  for (const part of (header ?? "").toLowerCase().split(",")) {
    const name = part.trim();
    if (name === "gzip" || name === "x-gzip") codings.push("gzip");
    else if (name === "deflate") codings.push("deflate");
    else if (name !== "" && name !== "identity") return undefined;
  }
  return codings.length > MOST_CODINGS ? undefined : codings;
}

/**
 * Undoes a coding piece by piece, at the reader's pace. Nothing at all is nothing, in every coding: its reader says what is missing.
 *
 * @throws Error with zlib's `code`, like Z_DATA_ERROR
 */
export async function* decode(coding: Coding, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = pieces[Symbol.asyncIterator]();
  let first = await source.next();
  while (first.done !== true && first.value.length === 0) first = await source.next();
  if (first.done === true) return;
  const beginning = first.value;
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield beginning;
    yield* { [Symbol.asyncIterator]: () => source };
  }
  if (coding === "gzip") yield* through(createGunzip(), whole());
  else yield* through(isZlib(beginning) ? createInflate() : createInflateRaw(), whole());
}

/** "deflate" means zlib's format; some clients send the bare stream, which has not its header (RFC 9110, 8.4.1.2). */
function isZlib([first = 0, second]: Uint8Array): boolean {
  if ((first & 0x0f) !== 8 || first >> 4 > 7) return false;
  // The check covers both bytes. A first piece of one byte is taken for what the name says.
  return second === undefined || (first * 256 + second) % 31 === 0;
}

async function* through(decoder: Transform, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // What goes wrong in it ends the decoder with the same error, which reading the decoder throws.
  pipeline(pieces, decoder).catch(() => {});
  yield* decoder as AsyncIterable<Uint8Array>;
}
