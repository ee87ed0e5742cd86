import { refusalResponse } from "@laplas/core";
import { refuse } from "../access/refusals.js";
import type { Feed } from "../recent/feed.js";

/** What a watcher may leave unread before it is let go: several times all there is to tell. It comes again, and is told that. */
const MOST_UNREAD_BYTES = 1_000_000;

const HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Proxies that gather answers would hold back what is told.
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

/**
 * `GET /v1/events`: the account and the calls as they happen, as server-sent events whose data is a `FeedUpdate`. A page reads
 * them with `fetch`, since an `EventSource` can send no token but in the address, where logs would keep it.
 */
export async function answerEvents(feed: Feed, request: Request): Promise<Response> {
  // Another page could hold streams open without ever reading one: what it embeds has no `Origin`.
  const site = request.headers.get("sec-fetch-site");
  if (!request.headers.has("origin") && (site === "cross-site" || site === "same-site")) return refuse("origin");
  // A watcher that nobody reads would take another's place.
  if (request.method === "HEAD") {
    return new Response(null, { headers: { ...HEADERS, "x-request-id": crypto.randomUUID() } });
  }
  const encoder = new TextEncoder();
  let leave = (): void => {};
  let isOver = false;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      start(own) {
        controller = own;
      },
      cancel() {
        isOver = true;
        leave();
      },
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_UNREAD_BYTES }),
  );
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    leave();
    controller?.close();
  };
  const write = (text: string): void => {
    if (isOver || controller === undefined) return;
    if ((controller.desiredSize ?? 0) <= 0) end();
    else controller.enqueue(encoder.encode(text));
  };
  const stop = await feed.watch({
    update: (update) => write(`data: ${JSON.stringify(update)}\n\n`),
    still: () => write(": still here\n\n"),
    end,
  });
  if (stop === undefined) {
    const message = "Too many pages watch this gateway already. Close one of them.";
    return refusalResponse({ status: 503, code: "too_many_watchers", message }, { requestId: crypto.randomUUID() });
  }
  leave = stop;
  if (isOver) stop();
  return new Response(body, {
    headers: { ...HEADERS, "x-request-id": crypto.randomUUID() },
  });
}
