/**
 * The request with another header. Not made of the request itself: that of a socket is a light stand-in, which only the constructor that
 * `listen` may put in place takes for one.
 */
export function withHeader(request: Request, name: string, value: string): Request {
  const { url, method, signal, body } = request;
  const headers = new Headers(request.headers);
  headers.set(name, value);
  const init = { method, headers, signal };
  // A body that is a stream needs it, which TypeScript's own types do not know.
  const streamed = { ...init, body, duplex: "half" };
  return new Request(url, body === null ? init : streamed);
}
