import type { Socket } from "node:net";
import type { Agent, Dispatcher } from "undici";
import { createPieceQueue, type PieceQueue } from "./piece-queue.js";
import {
  requestHeaders,
  type Transport,
  TransportError,
  toJson,
  type UpstreamRequest,
  type UpstreamResponse,
} from "./transport.js";

type Undici = typeof import("undici");

/** Codes of failures before a connection stood: the server has seen nothing. */
const UNSENT_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

/**
 * The built-in client on Node, on undici's `dispatch`: its `request` builds a stream for every body, which costs as much as the
 * rest of a call together (160 against 93 us of CPU, measured in `test/bench`).
 */
export function createUndiciTransport(undici: Undici): Transport {
  const sockets: Set<Socket> = new Set();
  const agent = createAgent(undici, sockets);
  let running = 0;

  return {
    async send(request) {
      const payload = toJson(request.body);
      running += 1;
      return dispatch(agent, request, payload, () => {
        running -= 1;
      });
    },
    unref() {
      // With other requests under way the process has reason to live, and their sockets can't be told from this one's.
      if (running === 1) for (const socket of sockets) socket.unref();
    },
    close: () => agent.destroy(),
  };
}

function createAgent(undici: Undici, sockets: Set<Socket>): Agent {
  const connect = undici.buildConnector({ timeout: 10_000 });
  return new undici.Agent({
    connect(options, callback) {
      connect(options, (...result) => {
        const socket = result[1];
        // Typed as null after a failure, absent in fact (undici 7.30).
        if (socket) {
          sockets.add(socket);
          socket.once("close", () => sockets.delete(socket));
        }
        callback(...result);
      });
    },
  });
}

/** @param onEnd called once, when nothing more of the request can come */
function dispatch(
  agent: Agent,
  request: UpstreamRequest,
  payload: string,
  onEnd: () => void,
): Promise<UpstreamResponse> {
  const { signal, timeoutMs } = request;
  const { origin, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    const queue: PieceQueue = createPieceQueue({
      onFull: () => controller?.pause(),
      onDrained: () => controller?.resume(),
      onLeave: () => giveUp("the reader has left"),
    });
    const end = (failure?: TransportError): void => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener("abort", abort);
      onEnd();
      if (failure === undefined) queue.end();
      else {
        reject(failure);
        queue.fail(failure);
      }
    };
    const giveUp = (reason: string): void => {
      if (isOver) return;
      end(new TransportError("aborted", reason));
      controller?.abort(new Error(reason));
    };
    const abort = (): void => giveUp("the request was given up");

    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    agent.dispatch(
      {
        origin,
        path: pathname + search,
        method: "POST",
        headers: requestHeaders(request.apiKey),
        body: payload,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
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
          resolve({
            status,
            header(name) {
              const value = headers[name];
              return Array.isArray(value) ? value[0] : value;
            },
            pieces: queue.pieces,
            text: queue.text,
            cancel: queue.leave,
          });
        },
        onResponseData: (_, bytes) => queue.push(bytes),
        onResponseEnd: () => end(),
        onResponseError: (_, error) => end(toTransportError(error, timeoutMs)),
      },
    );
  });
}

function toTransportError(error: unknown, timeoutMs: number): TransportError {
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  const options = { cause: error };
  if (code === "UND_ERR_HEADERS_TIMEOUT") {
    return new TransportError("timeout", `no answer for ${timeoutMs} ms`, options);
  }
  if (code === "UND_ERR_BODY_TIMEOUT") {
    return new TransportError("timeout", `the answer stalled for ${timeoutMs} ms`, options);
  }
  if (UNSENT_CODES.has(code)) return new TransportError("unsent", `no connection (${code})`, options);
  return new TransportError("broken", `the connection broke${code === "" ? "" : ` (${code})`}`, options);
}
