import type { Socket } from "node:net";
import type { Agent } from "undici";
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
 * The built-in client on Node. undici's `request` costs a third of the CPU time of the global `fetch` (measured in
 * `test/bench`), and names the phase in which a request failed.
 */
export function createUndiciTransport(undici: Undici): Transport {
  const sockets: Set<Socket> = new Set();
  const agent = createAgent(undici, sockets);
  let running = 0;

  return {
    async send(request) {
      const payload = toJson(request.body);
      running += 1;
      let ended = false;
      const end = (): void => {
        if (!ended) running -= 1;
        ended = true;
      };
      try {
        const { statusCode, headers, body } = await undici.request(request.url, {
          dispatcher: agent,
          method: "POST",
          headers: requestHeaders(request.apiKey),
          body: payload,
          headersTimeout: request.timeoutMs,
          bodyTimeout: request.timeoutMs,
          signal: request.signal,
        });
        // Without a listener, a body that fails unread would end the process.
        body.on("error", end);
        body.on("close", end);
        return {
          status: statusCode,
          header(name) {
            const value = headers[name];
            return Array.isArray(value) ? value[0] : value;
          },
          pieces: () => decode(body, request),
          cancel: () => body.destroy(),
        } satisfies UpstreamResponse;
      } catch (error) {
        end();
        throw toTransportError(error, request);
      }
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

async function* decode(body: AsyncIterable<Uint8Array>, request: UpstreamRequest): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const bytes of body) yield decoder.decode(bytes, { stream: true });
  } catch (error) {
    throw toTransportError(error, request);
  }
  const rest = decoder.decode();
  if (rest !== "") yield rest;
}

function toTransportError(error: unknown, { signal, timeoutMs }: UpstreamRequest): TransportError {
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  const options = { cause: error };
  if (signal.aborted) return new TransportError("aborted", "the request was given up", options);
  if (code === "UND_ERR_HEADERS_TIMEOUT")
    return new TransportError("timeout", `no answer for ${timeoutMs} ms`, options);
  if (code === "UND_ERR_BODY_TIMEOUT")
    return new TransportError("timeout", `the answer stalled for ${timeoutMs} ms`, options);
  if (UNSENT_CODES.has(code)) return new TransportError("unsent", `no connection (${code})`, options);
  return new TransportError("broken", `the connection broke${code === "" ? "" : ` (${code})`}`, options);
}
