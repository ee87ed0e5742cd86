import type { StreamItem } from "../call/answer-stream.js";
import type { CallContext } from "../call/context.js";
import { runCall } from "../call/run-call.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError } from "../errors/upstream-errors.js";
import type { Endpoint } from "../request/read-request.js";
import { modelList } from "./model-list.js";
import { headHeaders, reportHeaders } from "./report-headers.js";
import { toWireError } from "./wire-error.js";

const ENDPOINTS: readonly (readonly [suffix: string, endpoint: Endpoint])[] = [
  ["/chat/completions", "chat"],
  ["/embeddings", "embedding"],
  ["/images/generations", "image"],
];

/**
 * The engine as a `fetch`. Method, path suffix and JSON body count; the host and every header of the caller are dropped, so
 * nothing of another vendor reaches the upstream. Refusals are answers. Only an abort rejects, as with any `fetch`.
 *
 * The engine does not retry here: SDKs do, and obey the headers.
 */
export function createFetch(context: CallContext): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(toRequestInput(input), init);
    request.signal.throwIfAborted();
    try {
      return await answer(context, request);
    } catch (error) {
      if (request.signal.aborted) throw request.signal.reason;
      const wire = toWireError(error, context.options.now());
      return Response.json(wire.body, { status: wire.status, headers: wire.headers });
    }
  };
}

/** SDKs give whole addresses; a bare path is made one, since `Request` takes no relative address outside browsers. */
function toRequestInput(input: string | URL | Request): string | URL | Request {
  return typeof input === "string" && input.startsWith("/") ? `http://laplas${input}` : input;
}

async function answer(context: CallContext, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/\/+$/, "");
  if (request.method === "GET" && path.endsWith("/models")) return Response.json(modelList(context.options.catalog));
  const endpoint = ENDPOINTS.find(([suffix]) => path.endsWith(suffix))?.[1];
  if (endpoint === undefined || request.method !== "POST") {
    return notFound(request.method);
  }
  const body = await readBody(request);
  const outcome = await runCall(context, endpoint, body, { signal: request.signal, maxRetries: 0 });
  if (outcome.kind === "whole") {
    return Response.json(outcome.answer, { headers: reportHeaders(outcome.report) });
  }
  const headers = {
    ...headHeaders(outcome.head),
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  };
  return new Response(toEventStream(context, request, outcome.items), { headers });
}

/** Bodies that are no JSON are the caller's mistake, and may hold a prompt: the message shows nothing of them. */
async function readBody(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch (error) {
    throw new FatalUpstreamError("invalid_request", "The request's body is no JSON.", { cause: error });
  }
}

function notFound(method: string): Response {
  const message = `There is no such path here for ${quote(method)}. Known are POST /chat/completions, POST /embeddings, POST /images/generations and GET /models.`;
  return Response.json(
    { error: { message, type: "invalid_request_error", param: null, code: "unknown_path" } },
    { status: 404, headers: { "x-should-retry": "false" } },
  );
}

/**
 * Server-sent events. A stream that breaks says so in an event of its own, which SDKs throw; it never ends as if it were whole.
 * The request is kept for as long as its stream is read: its signal follows the caller's only while it is not collected.
 */
function toEventStream(
  context: CallContext,
  request: Request,
  items: AsyncIterable<StreamItem>,
): ReadableStream<Uint8Array> {
  const iterator = items[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  const write = (data: string): Uint8Array => encoder.encode(`data: ${data.replaceAll("\n", "\ndata: ")}\n\n`);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await iterator.next();
        if (done === true) {
          controller.enqueue(write("[DONE]"));
          controller.close();
        } else {
          controller.enqueue(write(value.raw ?? JSON.stringify(value.chunk)));
        }
      } catch (error) {
        if (request.signal.aborted) return controller.error(request.signal.reason);
        controller.enqueue(write(JSON.stringify(toWireError(error, context.options.now()).body)));
        controller.close();
      }
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
