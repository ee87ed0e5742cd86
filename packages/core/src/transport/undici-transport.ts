import type { Socket } from "node:net";
import type { Agent, Dispatcher } from "undici";
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
  const { signal } = request;
  const { origin, pathname, search } = new URL(request.url);
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let isOver = false;
    const queue: PieceQueue = createPieceQueue({
      onFull: () => controller?.pause(),
      onDrained: () => controller?.resume(),
      onLeave: () => giveUp(new TransportError("aborted", "the reader has left")),
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
    const giveUp = (failure: TransportError): void => {
      if (isOver) return;
      const isUnsent = controller === undefined && failure.kind === "timeout";
      end(isUnsent ? new TransportError("unsent", `no connection: ${failure.message}`, { cause: failure }) : failure);
      controller?.abort(failure);
    };
    const abort = (): void => giveUp(givenUp(signal));

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
        // A request starts on a connection that stands: before, the server has seen nothing of it.
        onResponseError: (_, error) => end(toTransportError(error, controller !== undefined)),
      },
    );
  });
}

function toTransportError(error: unknown, hasStarted: boolean): TransportError {
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  const why = code === "" ? "" : ` (${code})`;
  return hasStarted
    ? new TransportError("broken", `the connection broke${why}`, { cause: error })
    : new TransportError("unsent", `no connection${why}`, { cause: error });
}
