/**
 * A request whose body states no length, read up to a bound; `undefined` beyond it. Bodies that state one are judged by it, and
 * Node reads no more than that.
 */
export async function readUnmeasured(request: Request, maxBytes: number): Promise<Request | undefined> {
  const isMeasured = request.headers.has("content-length") || !request.headers.has("transfer-encoding");
  if (isMeasured || request.body === null) return request;
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of request.body) {
    bytes += piece.length;
    if (bytes > maxBytes) return undefined;
    pieces.push(piece);
  }
  const { url, method, headers, signal } = request;
  return new Request(url, { method, headers, signal, body: Buffer.concat(pieces) });
}
