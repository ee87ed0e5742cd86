import type { BodyLease } from "./body-budget.js";
import { decode, readCodings } from "./decode-body.js";
import type { GateReason } from "./refusals.js";

/**
 * A request whose body can be read without a bound: one that states its length and has no coding is passed on unread, since Node reads
 * no more than was stated. Any other is read here, up to `maxBytes` before decoding, after it, and between two codings.
 */
export async function readBody(request: Request, maxBytes: number, lease: BodyLease): Promise<Request | GateReason> {
  const { url, method, headers, signal } = request;
  if (method === "GET" || method === "HEAD") return request;
  const codings = readCodings(headers.get("content-encoding"));
  if (codings === undefined) return "coding";
  const isMeasured = headers.has("content-length") || !headers.has("transfer-encoding");
  if ((isMeasured && codings.length === 0) || request.body === null) return request;

  const bound = createBound(maxBytes);
  let pieces: AsyncIterable<Uint8Array> = bound.limit(request.body);
  for (const coding of codings.toReversed()) pieces = bound.limit(decode(coding, pieces));
  const kept: Uint8Array[] = [];
  try {
    for await (const piece of pieces) {
      if (!lease.grow(piece.length)) return "full";
      kept.push(piece);
    }
  } catch (error) {
    if (bound.isExceeded) return "body";
    if (/^Z_/.test(codeOf(error))) return "encoded";
    throw error;
  }
  const plain = new Headers([...headers]);
  for (const name of ["content-encoding", "content-length", "transfer-encoding"]) plain.delete(name);
  return new Request(url, { method, headers: plain, signal, body: Buffer.concat(kept) });
}

/** A few bytes of a bomb stand for gigabytes; of two codings the first result can be as large, and the last small. */
function createBound(maxBytes: number) {
  let isExceeded = false;
  return {
    get isExceeded() {
      return isExceeded;
    },
    async *limit(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      let bytes = 0;
      for await (const piece of pieces) {
        bytes += piece.length;
        if (bytes > maxBytes) {
          isExceeded = true;
          throw new Error("The body is over the limit.");
        }
        yield piece;
      }
    },
  };
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code);
}
