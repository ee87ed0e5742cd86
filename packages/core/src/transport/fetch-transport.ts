import { type ClosingSignal, createClosing } from "../closing.js";
import {
  requestHeaders,
  type Transport,
  TransportError,
  toJson,
  type UpstreamRequest,
  type UpstreamResponse,
} from "./transport.js";

/** A transport on any `fetch`: the caller's own, or the platform's where there is no undici. */
export function createFetchTransport(fetch: typeof globalThis.fetch): Transport {
  const closing = createClosing();
  return {
    async send(request) {
      const payload = toJson(request.body);
      const deadline = createDeadline(request, closing.signal);
      try {
        const answer = fetch(request.url, {
          method: "POST",
          headers: requestHeaders(request.apiKey),
          body: payload,
          // A redirect would carry the key to another host.
          redirect: "manual",
          signal: deadline.signal,
        });
        // A `fetch` of the caller's own may not know signals.
        const response = await Promise.race([answer, deadline.over]);
        deadline.extend();
        return toUpstreamResponse(response, deadline, request);
      } catch (error) {
        deadline.clear();
        throw toTransportError(error, deadline, request);
      }
    },
    unref() {
      // `fetch` keeps no handle that could be let go.
    },
    close: async () => closing.close(),
  };
}

interface Deadline {
  readonly signal: AbortSignal;
  /** Rejects when the signal aborts. */
  readonly over: Promise<never>;
  readonly expired: () => boolean;
  extend(): void;
  clear(): void;
}

/** Aborts after `timeoutMs` of silence, or when the request's own signal does, or the transport closes. */
function createDeadline({ timeoutMs, signal: own }: UpstreamRequest, closing: ClosingSignal): Deadline {
  const controller = new AbortController();
  const over = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(controller.signal.reason), { once: true });
  });
  over.catch(() => {});
  let expired = false;
  const expire = (): void => {
    expired = true;
    controller.abort();
  };
  let timer = setTimeout(expire, timeoutMs);
  const follow = (): void => controller.abort();
  if (own.aborted || closing.aborted) follow();
  own.addEventListener("abort", follow, { once: true });
  closing.addEventListener("abort", follow, { once: true });
  return {
    signal: controller.signal,
    over,
    expired: () => expired,
    extend() {
      clearTimeout(timer);
      timer = setTimeout(expire, timeoutMs);
    },
    clear() {
      clearTimeout(timer);
      own.removeEventListener("abort", follow);
      closing.removeEventListener("abort", follow);
    },
  };
}

function toUpstreamResponse(response: Response, deadline: Deadline, request: UpstreamRequest): UpstreamResponse {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  // Ends a read that waits, also of a body that does not hear of the signal.
  deadline.over.catch(() => reader?.cancel().catch(() => {}));
  return {
    status: response.status,
    header: (name) => response.headers.get(name) ?? undefined,
    async text(maxBytes) {
      let text = "";
      for await (const piece of this.pieces()) {
        text += piece;
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
          deadline.signal.throwIfAborted();
          if (done) break;
          deadline.extend();
          yield value;
        }
      } catch (error) {
        throw toTransportError(error, deadline, request);
      } finally {
        deadline.clear();
      }
    },
    cancel() {
      deadline.clear();
      // A body that already failed rejects here, and has been reported there.
      reader?.cancel().catch(() => {});
    },
  };
}

function toTransportError(error: unknown, deadline: Deadline, { timeoutMs }: UpstreamRequest): TransportError {
  const options = { cause: error };
  if (deadline.expired()) return new TransportError("timeout", `no sign of the upstream for ${timeoutMs} ms`, options);
  if (deadline.signal.aborted) return new TransportError("aborted", "the request was given up", options);
  const code = (error as { cause?: { code?: unknown } } | null)?.cause?.code;
  if (code === "ECONNREFUSED" || code === "ENOTFOUND") {
    return new TransportError("unsent", `no connection (${code})`, options);
  }
  return new TransportError("broken", "the connection broke", options);
}
