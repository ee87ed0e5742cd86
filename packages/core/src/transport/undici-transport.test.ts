import type { IncomingMessage, ServerResponse } from "node:http";
import * as undici from "undici";
import { describe, expect, it, onTestFinished, test } from "vitest";
import { rejection } from "../testing/engine.js";
import { refusedURL, serve } from "../testing/server.js";
import { TransportError, type UpstreamRequest } from "./transport.js";
import { createUndiciTransport } from "./undici-transport.js";

type Handle = (request: IncomingMessage, response: ServerResponse, body: string) => void;

function createTransport() {
  const transport = createUndiciTransport(undici);
  onTestFinished(() => transport.close());
  return transport;
}
const request = (url: string, fields: Partial<UpstreamRequest> = {}): UpstreamRequest => ({
  url: `${url}/chat/completions`,
  apiKey: "key-1",
  body: { model: "m" },
  signal: new AbortController().signal,
  ...fields,
});
/** Sends one request to a server that does this. */
async function send(handle: Handle, fields: Partial<UpstreamRequest> = {}) {
  return createTransport().send(request(await serve(handle), fields));
}

describe("a request", () => {
  it("is a POST of the body with the engine's headers", async () => {
    const seen: unknown[] = [];
    const url = await serve(({ method, url: path, headers }, response, body) => {
      seen.push({ method, path, headers, body });
      response.end("{}");
    });
    await (await createTransport().send(request(url, { url: `${url}/chat?a=1` }))).text(100);
    expect(seen).toMatchObject([
      { method: "POST", path: "/v1/chat?a=1", body: '{"model":"m"}', headers: { authorization: "Bearer key-1" } },
    ]);
  });

  it("that is answered with a redirect goes nowhere else: it would carry the key along", async () => {
    let elsewhere = 0;
    const target = await serve((_, response) => {
      elsewhere += 1;
      response.end("{}");
    });
    const response = await send((_, answer) => answer.writeHead(307, { location: target }).end());
    expect(response.status).toBe(307);
    expect(await response.text(100)).toBe("");
    expect(elsewhere).toBe(0);
  });

  it("that JSON can't express is not sent", async () => {
    let calls = 0;
    const handle: Handle = (_, response) => {
      calls += 1;
      response.end();
    };
    expect(await rejection(send(handle, { body: { seed: 5n } }))).toMatchObject({ code: "invalid_request" });
    expect(calls).toBe(0);
  });
});

describe("an answer", () => {
  it("has a status, headers and a body; informational heads before it don't count", async () => {
    const response = await send((_, answer) => {
      answer.writeEarlyHints({ link: "</a.css>; rel=preload" });
      answer.writeHead(201, { "x-request-id": ["r-1", "r-2"], "x-one": "1" }).end("yes");
    });
    expect(response.status).toBe(201);
    expect(["x-one", "set-cookie"].map(response.header)).toEqual(["1", undefined]);
    expect(response.header("x-request-id")).toMatch(/^r-1/);
    expect(await response.text(100)).toBe("yes");
  });

  it("comes in pieces", async () => {
    const response = await send((_, answer) => {
      answer.write("a");
      setImmediate(() => answer.end("🌿"));
    });
    let text = "";
    for await (const piece of response.pieces()) text += piece;
    expect(text).toBe("a🌿");
  });

  it("of blanks tells of no content", async () => {
    const seen: string[] = [];
    const response = await send((_, answer) => {
      answer.write(" \n\r\t");
      setImmediate(() => answer.end('{"a": 1}'));
    });
    expect(await response.text(100, () => seen.push("content"))).toBe(' \n\r\t{"a": 1}');
    expect(seen).toEqual(["content"]);
  });

  it("of any length is left after its bound", async () => {
    const closed = Promise.withResolvers<void>();
    const response = await send((_, answer) => {
      answer.once("close", closed.resolve);
      const more = (): void => {
        while (!answer.destroyed && answer.write("x".repeat(10_000)));
        if (!answer.destroyed) answer.once("drain", more);
      };
      more();
    });
    expect((await response.text(100_000)).length).toBeGreaterThan(100_000);
    await closed.promise;
  });

  it("waits for a slow reader, and loses nothing", async () => {
    const body = "x".repeat(3_000_000);
    const response = await send((_, answer) => answer.end(body));
    let length = 0;
    for await (const piece of response.pieces()) {
      length += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(length).toBe(body.length);
  });
});

describe("a connection that fails", () => {
  it("before it stands has sent nothing", async () => {
    expect(await rejection(createTransport().send(request(await refusedURL())))).toMatchObject({
      name: "TransportError",
      kind: "unsent",
      message: "no connection (ECONNREFUSED)",
    });
  });

  it("for its certificate has sent nothing", async () => {
    // A server that speaks no TLS.
    const url = (await serve(() => {})).replace("http:", "https:");
    expect(await rejection(createTransport().send(request(url)))).toMatchObject({ kind: "unsent" });
  });

  it("before the head is broken", async () => {
    const failed = rejection(send((incoming) => incoming.socket.destroy()));
    expect(await failed).toMatchObject({ kind: "broken", message: expect.stringMatching(/^the connection broke \(/) });
  });

  it("in the body is broken after what came", async () => {
    const response = await send((_, answer) => {
      answer.writeHead(200, { "content-length": "1000" });
      answer.write("ye", () => answer.destroy());
    });
    const pieces = response.pieces()[Symbol.asyncIterator]();
    expect(await pieces.next()).toEqual({ done: false, value: "ye" });
    expect(await rejection(pieces.next())).toMatchObject({ kind: "broken" });
  });
});

describe("giving up", () => {
  /** A server that never answers, and tells when it is asked and when it is left. */
  function silent(answer: (response: ServerResponse) => void = () => {}) {
    const [asked, left] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const handle: Handle = (_, response) => {
      response.once("close", left.resolve);
      answer(response);
      asked.resolve();
    };
    return { handle, asked: asked.promise, left: left.promise };
  }

  it("before the request begins sends nothing", async () => {
    let calls = 0;
    const handle: Handle = () => {
      calls += 1;
    };
    expect(await rejection(send(handle, { signal: AbortSignal.abort() }))).toMatchObject({ kind: "aborted" });
    expect(calls).toBe(0);
  });

  it("while it waits for a connection sends nothing", async () => {
    let calls = 0;
    const url = await serve(() => {
      calls += 1;
    });
    const controller = new AbortController();
    const failed = rejection(createTransport().send(request(url, { signal: controller.signal })));
    controller.abort();
    expect(await failed).toMatchObject({ kind: "aborted" });
    expect(calls).toBe(0);
  });

  it("before the head closes the connection", async () => {
    const { handle, asked, left } = silent();
    const controller = new AbortController();
    const failed = rejection(send(handle, { signal: controller.signal }));
    await asked;
    controller.abort();
    expect(await failed).toMatchObject({ kind: "aborted", message: "the request was given up" });
    await left;
  });

  test.each([
    ["an abort", true],
    ["a cancel", false],
  ])("in the body, by %s, closes the connection", async (_, byAbort) => {
    const { handle, left } = silent((response) => void response.write("ye"));
    const controller = new AbortController();
    const response = await send(handle, { signal: controller.signal });
    const text = rejection(response.text(100));
    if (byAbort) controller.abort();
    else response.cancel();
    expect(await text).toMatchObject({ kind: "aborted" });
    await left;
  });

  it.each(["the head", "the end"])("before %s for a reason of the transport's kind fails with it", async (stage) => {
    const late = new TransportError("timeout", "late");
    const { handle, asked, left } = silent((response) => void (stage === "the end" && response.write("ye")));
    const controller = new AbortController();
    const sent = send(handle, { signal: controller.signal });
    const failed = rejection(stage === "the head" ? sent : sent.then(({ text }) => text(100)));
    await asked;
    if (stage === "the end") await sent;
    controller.abort(late);
    expect(await failed).toBe(late);
    await left;
  });

  it("for lack of time before a connection stands has sent nothing", async () => {
    const controller = new AbortController();
    const url = await serve(() => {});
    const failed = rejection(createTransport().send(request(url, { signal: controller.signal })));
    controller.abort(new TransportError("timeout", "no answer for 9 ms"));
    expect(await failed).toMatchObject({ kind: "unsent", message: "no connection: no answer for 9 ms" });
  });

  it("all of them is what closing does", async () => {
    const { handle, asked } = silent();
    const transport = createTransport();
    const failed = rejection(transport.send(request(await serve(handle))));
    await asked;
    transport.unref();
    await transport.close();
    expect(await failed).toMatchObject({ kind: "broken" });
  });
});
