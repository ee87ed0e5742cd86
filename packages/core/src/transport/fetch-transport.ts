import { type ClosingSignal, createClosing } from "../closing.js";
import { givenUp, requestHeaders, type Transport, TransportError, toJson, type UpstreamResponse } from "./transport.js";

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

/** A transport on any `fetch`: the caller's own, or the platform's where there is no undici. */
export function createFetchTransport(fetch: typeof globalThis.fetch): Transport {
  const closing = createClosing();
  return {
    async send(request) {
      const payload = toJson(request.body);
      const ending = createEnding(request.signal, closing.signal);
      try {
        const answer = fetch(request.url, {
          method: "POST",
          headers: requestHeaders(request),
          body: payload,
          // A redirect would carry the key to another host.
          redirect: "manual",
          signal: ending.signal,
        });
        // A `fetch` of the caller's own may not know signals.
        return toUpstreamResponse(await Promise.race([answer, ending.reached]), ending);
      } catch (error) {
        ending.clear();
        throw toTransportError(error, ending.signal);
      }
    },
    unref() {
      // `fetch` keeps no handle that could be let go.
    },
    close: async () => closing.close(),
  };
}

interface Ending {
  readonly signal: AbortSignal;
  /** Rejects when the signal aborts. */
  readonly reached: Promise<never>;
  clear(): void;
}

/** Aborts when the request's own signal does, or the transport closes. */
function createEnding(own: AbortSignal, closing: ClosingSignal): Ending {
  const controller = new AbortController();
  const reached = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  reached.catch(() => {});
  const follow = (): void => controller.abort(own.reason);
  if (own.aborted || closing.aborted) follow();
  own.addEventListener("abort", follow, { once: true });
  closing.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    reached,
    clear() {
      own.removeEventListener("abort", follow);
      closing.removeEventListener("abort", follow);
    },
  };
}

function toUpstreamResponse(response: Response, ending: Ending): UpstreamResponse {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  // Ends a read that waits, also of a body that does not hear of the signal.
  ending.reached.catch(() => reader?.cancel().catch(() => {}));
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    async text(maxBytes, onContent) {
      let text = "";
      for await (const piece of this.pieces()) {
        text += piece;
        if (onContent !== undefined && /[^ \n\r\t]/.test(piece)) onContent();
        if (text.length <= maxBytes) continue;
        this.cancel();
        break;
      }
      return text;
    },
    async *pieces() {
      try {
        while (reader !== undefined) {
          const { done, value } = await reader.read();
          ending.signal.throwIfAborted();
          if (done) break;
          yield value;
        }
      } catch (error) {
        throw toTransportError(error, ending.signal);
      } finally {
        ending.clear();
      }
    },
    cancel() {
      ending.clear();
      // A body that already failed rejects here, and has been reported there.
      reader?.cancel().catch(() => {});
    },
  };
}

function toTransportError(error: unknown, signal: AbortSignal): TransportError {
  if (signal.aborted) return givenUp(signal);
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  return typeof code === "string" && UNSENT_CODES.has(code)
    ? new TransportError("unsent", `no connection (${code})`, { cause: error })
    : new TransportError("broken", "the connection broke", { cause: error });
}
