import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { quote } from "../errors/quote.js";
import { createDispatchers, type Way } from "./create-dispatcher.js";
import { type BodyDecoder, createBodyDecoder, readCodings } from "./decode-body.js";
import { createPieceQueue, type PieceQueue } from "./piece-queue.js";
import {
  givenUp,
  requestHeaders,
  type Transport,
  TransportError,
  toJson,
  type UpstreamRequest,
  type UpstreamResponse,
} from "./transport.js";

type Undici = typeof import("undici");

/**
 * The built-in client on Node, on undici's `dispatch`: its `request` builds a stream for every body, which costs as much as the
 * rest of a call together (160 against 93 us of CPU, measured in `test/bench`).
 */
export function createUndiciTransport(undici: Undici): Transport {
  const sockets: Set<Socket> = new Set();
  const dispatchers = createDispatchers(undici, sockets);
  let running = 0;

  return {
    async send(request) {
      const payload = toJson(request.body);
      const address = new URL(request.url);
      const way = dispatchers.wayTo(address);
      running += 1;
      return dispatch(way, address, request, payload, () => {
        running -= 1;
      });
    },
    unref() {
      // With other requests under way the process has reason to live, and their sockets can't be told from this one's.
      if (running === 1) for (const socket of sockets) socket.unref();
    },
    close: dispatchers.close,
  };
}

/** @param onEnd called once, when nothing more of the request can come */
function dispatch(
  { dispatcher, proxyVariable }: Way,
  { origin, pathname, search }: URL,
  request: UpstreamRequest,
  payload: string,
  onEnd: () => void,
): Promise<UpstreamResponse> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let decoder: BodyDecoder | undefined;
    let isOver = false;
    const queue: PieceQueue = createPieceQueue({
      onFull: () => (decoder ?? controller)?.pause(),
      onDrained: () => (decoder ?? controller)?.resume(),
      onLeave: () => giveUp(new TransportError("aborted", "the reader has left")),
    });
    const end = (failure?: TransportError): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener("abort", abort);
      decoder?.destroy();
      onEnd();
      if (failure === undefined) queue.end();
      else {
        reject(failure);
        queue.fail(failure);
      }
    };
    const giveUp = (failure: TransportError): void => {
      if (isOver) return;
      const isUnsent = controller === undefined && failure.kind === "timeout";
      end(isUnsent ? new TransportError("unsent", `no connection: ${failure.message}`, { cause: failure }) : failure);
      controller?.abort(failure);
    };
    const abort = (): void => giveUp(givenUp(signal));
    /** No coding is asked for, but something between here and the server may put one on. */
    const decode = (encoding: string): void => {
      const codings = readCodings(encoding);
      const fail = (why: string, cause?: unknown): void =>
        giveUp(new TransportError("undecodable", `the answer's body, in ${quote(encoding)}, ${why}`, { cause }));
      if (codings === undefined) fail("is in a coding that is not known: gzip, deflate, br and zstd are");
      else if (codings.length > 0) {
        decoder = createBodyDecoder(codings, {
          onData: queue.push,
          onEnd: () => end(),
          onError: fail,
          onFull: () => controller?.pause(),
          onDrained: () => controller?.resume(),
        });
      }
    };

    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    dispatcher.dispatch(
      {
        origin,
        path: pathname + search,
        method: "POST",
        headers: requestHeaders(request),
        body: payload,
        // Any byte would count: the engine has its own.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      {
        onRequestStart(started) {
          controller = started;
          // Given up while it waited for a connection.
          if (isOver) started.abort(new Error("the request was given up"));
        },
        onResponseStart(_, status, headers) {
          // Informational heads come before the answer's own.
          if (status < 200) return;
          const header = (name: string): string | undefined => {
            const value = headers[name];
            return Array.isArray(value) ? value[0] : value;
          };
          resolve({ status, header, pieces: queue.pieces, text: queue.text, cancel: queue.leave });
          const encoding = header("content-encoding");
          if (encoding !== undefined) decode(encoding);
        },
        onResponseData: (_, bytes) => (decoder === undefined ? queue.push(bytes) : decoder.write(bytes)),
        onResponseEnd: () => (decoder === undefined ? end() : decoder.end()),
        // A request starts on a connection that stands: before, the server has seen nothing of it.
        onResponseError: (_, error) => end(toTransportError(error, controller !== undefined, proxyVariable)),
      },
    );
  });
}

/** undici's own words for a proxy that does not open the way, of which the server sees nothing (7.30). */
const PROXY_ANSWER = /^Proxy (?:response|Authentication Required) \((\d{3})\)/;

function toTransportError(error: unknown, hasStarted: boolean, proxyVariable: string | undefined): TransportError {
  const { code = "", message = "" } = error as { code?: unknown; message?: unknown };
  const why = code === "" ? "" : ` (${String(code)})`;
  if (proxyVariable !== undefined) {
    const status = PROXY_ANSWER.exec(String(message))?.[1];
    if (status !== undefined) return unsent(`: the proxy in ${proxyVariable} answered ${status}`, error);
    if (!hasStarted) return unsent(`${why}, where ${proxyVariable} names a proxy`, error);
  }
  return hasStarted ? new TransportError("broken", `the connection broke${why}`, { cause: error }) : unsent(why, error);
}

function unsent(why: string, cause: unknown): TransportError {
  return new TransportError("unsent", `no connection${why}`, { cause });
}
