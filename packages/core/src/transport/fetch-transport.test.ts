import { getEventListeners } from "node:events";
import { describe, expect, it, test } from "vitest";
import { rejection } from "../testing/engine.js";
import { serve } from "../testing/server.js";
import { createFetchTransport } from "./fetch-transport.js";
import { TransportError, type UpstreamRequest } from "./transport.js";

type Fetch = typeof globalThis.fetch;

const request = (fields: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  url: "http://upstream.test/v1/chat/completions",
  apiKey: "key-1",
  body: { model: "m" },
  signal: new AbortController().signal,
  ...fields,
});
const send = (fetch: Fetch, fields: Partial<UpstreamRequest> = {}) => createFetchTransport(fetch).send(request(fields));

async function collect(pieces: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of pieces) all.push(piece);
  return all;
}
/** A body that is written and ended by a test. */
function body() {
  let cancelled = false;
  let writer: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      writer = controller;
    },
    cancel() {
      cancelled = true;
    },
  });
  return {
    stream,
    write: (text: string) => writer?.enqueue(new TextEncoder().encode(text)),
    fail: (error: unknown) => writer?.error(error),
    close: () => writer?.close(),
    isCancelled: () => cancelled,
  };
}

describe("a request", () => {
  it("is a POST of the body with the engine's headers, and follows no redirect", async () => {
    const seen: [unknown, RequestInit | undefined][] = [];
    await send(async (input, init) => {
      seen.push([input, init]);
      return new Response();
    });
    expect(seen).toEqual([
      [
        "http://upstream.test/v1/chat/completions",
        expect.objectContaining({
          method: "POST",
          body: '{"model":"m"}',
          redirect: "manual",
          headers: expect.objectContaining({ authorization: "Bearer key-1", "user-agent": "laplas-core" }),
        }),
      ],
    ]);
  });

  it("that is answered with a redirect goes nowhere else: it would carry the key along", async () => {
    let elsewhere = 0;
    const target = await serve((_, response) => {
      elsewhere += 1;
      response.end("{}");
    });
    const url = await serve((_, response) => {
      response.writeHead(307, { location: target }).end();
    });
    const response = await send(globalThis.fetch, { url });
    expect(response.status).toBe(307);
    expect(await response.text(100)).toBe("");
    expect(elsewhere).toBe(0);
  });

  it("that JSON can't express is not sent", async () => {
    let calls = 0;
    const fetch: Fetch = async () => {
      calls += 1;
      return new Response();
    };
    expect(await rejection(send(fetch, { body: { seed: 5n } }))).toMatchObject({ code: "invalid_request" });
    expect(calls).toBe(0);
  });

  const caused = (code: string) => new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code }) });
  test.each<[string, () => Promise<Response>, string, string]>([
    ["that rejects", () => Promise.reject(new TypeError("fetch failed")), "broken", "the connection broke"],
    ["that rejects with no error", () => Promise.reject("down"), "broken", "the connection broke"],
    ["that rejects with nothing", () => Promise.reject(null), "broken", "the connection broke"],
    [
      "that throws",
      () => {
        throw new Error("sync");
      },
      "broken",
      "the connection broke",
    ],
    ["that answers with nothing", () => Promise.resolve(undefined as never), "broken", "the connection broke"],
    ["that is reset", () => Promise.reject(caused("ECONNRESET")), "broken", "the connection broke"],
    [
      "to a port that nobody listens on",
      () => Promise.reject(caused("ECONNREFUSED")),
      "unsent",
      "no connection (ECONNREFUSED)",
    ],
    ["to a host that nobody knows", () => Promise.reject(caused("ENOTFOUND")), "unsent", "no connection (ENOTFOUND)"],
    [
      "to a host that does not answer",
      () => Promise.reject(caused("UND_ERR_CONNECT_TIMEOUT")),
      "unsent",
      "no connection (UND_ERR_CONNECT_TIMEOUT)",
    ],
  ])("%s is an error of the transport", async (_, fetch, kind, message) => {
    expect(await rejection(send(fetch))).toMatchObject({ name: "TransportError", kind, message });
  });
});

describe("an answer", () => {
  it("has a status, headers and a body", async () => {
    const response = await send(async () => new Response("yes", { status: 201, headers: { "x-request-id": "r-1" } }));
    expect(response.status).toBe(201);
    expect([response.header("X-Request-Id"), response.header("retry-after")]).toEqual(["r-1", undefined]);
    expect(await response.text(100)).toBe("yes");
  });

  it("comes in pieces of whole characters", async () => {
    const bytes = new TextEncoder().encode("grün 🌿");
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const response = await send(async () => new Response(stream));
    expect((await collect(response.pieces())).join("")).toBe("grün 🌿");
  });

  it("may have no body", async () => {
    const response = await send(async () => new Response(null, { status: 204 }));
    expect(await collect(response.pieces())).toEqual([]);
  });

  it("is read to a bound, and left after it", async () => {
    const { stream, write, isCancelled } = body();
    const response = await send(async () => new Response(stream));
    write("yes");
    write("yes");
    expect(await response.text(5)).toBe("yesyes");
    expect(isCancelled()).toBe(true);
    const whole = await send(async () => new Response("yesyes"));
    expect(await whole.text(6)).toBe("yesyes");
  });

  it("of blanks tells of no content", async () => {
    const { stream, write, close } = body();
    const response = await send(async () => new Response(stream));
    const seen: string[] = [];
    const text = response.text(100, () => seen.push("content"));
    for (const piece of [" \n\r\t", "{", "   ", '"a": 1}', "\n"]) {
      write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    close();
    expect(await text).toBe(' \n\r\t{   "a": 1}\n');
    expect(seen).toEqual(["content", "content"]);
  });

  it("whose body breaks is an error after what came", async () => {
    const { stream, write, fail } = body();
    const response = await send(async () => new Response(stream));
    const pieces = response.pieces()[Symbol.asyncIterator]();
    write("ye");
    expect(await pieces.next()).toEqual({ done: false, value: "ye" });
    fail(new Error("reset"));
    expect(await rejection(pieces.next())).toMatchObject({ kind: "broken" });
  });
});

describe("giving up", () => {
  it("before the head ends the request", async () => {
    const controller = new AbortController();
    const failed = rejection(send(() => new Promise(() => {}), { signal: controller.signal }));
    controller.abort();
    expect(await failed).toMatchObject({ kind: "aborted" });
  });

  it("before the request begins ends it", async () => {
    const failed = rejection(send(() => new Promise(() => {}), { signal: AbortSignal.abort() }));
    expect(await failed).toMatchObject({ kind: "aborted" });
  });

  it("in the body ends it", async () => {
    const { stream, isCancelled } = body();
    const controller = new AbortController();
    const response = await send(async () => new Response(stream), { signal: controller.signal });
    const failed = rejection(response.text(100));
    controller.abort();
    expect(await failed).toMatchObject({ kind: "aborted" });
    expect(isCancelled()).toBe(true);
  });

  it("for a reason of the transport's kind fails with it, before the head and in the body", async () => {
    const late = new TransportError("timeout", "late");
    const before = new AbortController();
    const failed = rejection(send(() => new Promise(() => {}), { signal: before.signal }));
    before.abort(late);
    expect(await failed).toBe(late);

    const { stream, write, isCancelled } = body();
    const during = new AbortController();
    const response = await send(async () => new Response(stream), { signal: during.signal });
    const pieces = response.pieces()[Symbol.asyncIterator]();
    write("a");
    await pieces.next();
    const next = rejection(pieces.next());
    during.abort(late);
    expect(await next).toBe(late);
    expect(isCancelled()).toBe(true);
  });

  test.each([
    ["the end", async (response: Awaited<ReturnType<typeof send>>) => void (await response.text(100))],
    [
      "a reader that leaves",
      async (response: Awaited<ReturnType<typeof send>>) => {
        for await (const _ of response.pieces()) break;
      },
    ],
    ["a cancel", async (response: Awaited<ReturnType<typeof send>>) => response.cancel()],
  ])("is not waited for after %s", async (_, finish) => {
    const { signal } = new AbortController();
    await finish(await send(async () => new Response("yes"), { signal }));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("is not waited for after a failure", async () => {
    const { signal } = new AbortController();
    await rejection(send(() => Promise.reject(new Error("down")), { signal }));
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("all of them is what closing does", async () => {
    const transport = createFetchTransport(() => new Promise(() => {}));
    const failed = [1, 2].map(() => rejection(transport.send(request())));
    transport.unref();
    await transport.close();
    expect(await Promise.all(failed)).toMatchObject([{ kind: "aborted" }, { kind: "aborted" }]);
  });
});
