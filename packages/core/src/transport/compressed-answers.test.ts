import type { ServerResponse } from "node:http";
import * as zlib from "node:zlib";
import * as undici from "undici";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Laplas } from "../engine.js";
import { createTestEngine, rejection } from "../testing/engine.js";
import { chunk, eventStream, serve } from "../testing/server.js";
import type { UpstreamResponse } from "./transport.js";
import { createUndiciTransport } from "./undici-transport.js";

/** What a server's or a proxy's compression does. */
const ENCODE: Readonly<Record<string, (text: string | Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  "x-gzip": zlib.gzipSync,
  GZIP: zlib.gzipSync,
  deflate: zlib.deflateSync,
  "deflate ": zlib.deflateRawSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
  "gzip, br": (text) => zlib.brotliCompressSync(zlib.gzipSync(text)),
  identity: (text) => Buffer.from(text),
  "": (text) => Buffer.from(text),
};
/** Text that can't be compressed well, so that its codings have many blocks. */
const LONG = Array.from({ length: 60_000 }, (_, index) => `${(index * 2_654_435_761) % 4_294_967_291}🌿`).join("");

async function receive(encoding: string, answer: (response: ServerResponse) => void): Promise<UpstreamResponse> {
  const transport = createUndiciTransport(undici);
  onTestFinished(() => transport.close());
  const url = await serve((_, response) => answer(response.setHeader("content-encoding", encoding)));
  return transport.send({ url, apiKey: "key-1", body: {}, signal: new AbortController().signal });
}

async function read(response: UpstreamResponse): Promise<string> {
  let text = "";
  for await (const piece of response.pieces()) text += piece;
  return text;
}

describe("an answer that something in front has compressed", () => {
  it.each(Object.entries(ENCODE))("by %j is read like any other", async (encoding, encode) => {
    const response = await receive(encoding, (answer) => answer.end(encode(LONG)));
    expect(await read(response)).toBe(LONG);
    const other = await receive(encoding, (answer) => answer.end(encode('{"a": 1}')));
    expect(await other.text(100)).toBe('{"a": 1}');
  });

  it("into nothing at all is empty", async () => {
    expect(await (await receive("gzip", (answer) => answer.end())).text(100)).toBe("");
  });

  it.each([
    ["gzip", () => zlib.createGzip()],
    ["deflate", () => zlib.createDeflate()],
    ["br", () => zlib.createBrotliCompress()],
    ["zstd", () => zlib.createZstdCompress()],
  ] as const)("by %s comes event by event", async (encoding, create) => {
    const encoder = create();
    const response = await receive(encoding, (answer) => {
      answer.flushHeaders();
      encoder.pipe(answer);
    });
    const pieces = response.pieces()[Symbol.asyncIterator]();
    for (const event of ["data: 1\n\n", "data: 22\n\n", "data: 333\n\n"]) {
      encoder.write(event);
      // The next is not written before this one has been read.
      encoder.flush();
      let text = "";
      while (text.length < event.length) text += (await pieces.next()).value;
      expect(text).toBe(event);
    }
    encoder.end();
    expect(await pieces.next()).toMatchObject({ done: true });
  });

  it("waits for a slow reader, and loses nothing", async () => {
    const text = LONG.repeat(8);
    const response = await receive("gzip", (answer) => answer.end(zlib.gzipSync(text)));
    let length = 0;
    for await (const piece of response.pieces()) {
      length += piece.length;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(length).toBe(text.length);
  });

  it("is left after the bound of its text, and the connection with it", async () => {
    const closed = Promise.withResolvers<void>();
    const response = await receive("gzip", (answer) => {
      answer.once("close", closed.resolve);
      const encoder = zlib.createGzip({ level: 1 });
      encoder.pipe(answer);
      const more = (): void => {
        while (!answer.destroyed && encoder.write(LONG));
        if (!answer.destroyed) encoder.once("drain", more);
      };
      more();
    });
    expect((await response.text(1_000_000)).length).toBeGreaterThan(500_000);
    await closed.promise;
  });

  it.each([
    ["gzip", zlib.gzipSync(Buffer.alloc(40_000_000, 32)), "decodes to more than 100 times its bytes"],
    ["br", zlib.brotliCompressSync(Buffer.alloc(40_000_000, 32)), "decodes to more than 100 times its bytes"],
    ["gzip", Buffer.from('{"plain": true}'), "can't be decoded (Z_DATA_ERROR)"],
    ["deflate", Buffer.from('{"plain": true}'), "can't be decoded (Z_DATA_ERROR)"],
    ["br", Buffer.from('{"plain": true}'), "can't be decoded (ERR_"],
    ["zstd", Buffer.from('{"plain": true}'), "can't be decoded (ZSTD_error_prefix_unknown)"],
    ["gzip", zlib.gzipSync(LONG).subarray(0, -20), "can't be decoded (Z_BUF_ERROR)"],
    ["compress", Buffer.from("x"), "is in a coding that is not known"],
    ["gzip, gzip, gzip, gzip", Buffer.from("x"), "is in a coding that is not known"],
  ])("by %s, of which nothing can be made, fails: %#", async (encoding, bytes, why) => {
    const response = await receive(encoding, (answer) => answer.end(bytes));
    expect(response.status).toBe(200);
    expect(await rejection(response.text(64_000_000))).toMatchObject({
      name: "TransportError",
      kind: "undecodable",
      message: expect.stringContaining(why),
    });
  });
});

describe("a call whose answer is compressed", () => {
  const chat = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] } as const;
  const answer = { choices: [{ message: { role: "assistant", content: "Hi" } }], usage: { total_tokens: 16 } };
  const open = async (encoding: string, bytes: Buffer, status = 200, tier: "free" | "paid" = "free") => {
    const url = await serve((_, response) => {
      response.writeHead(status, { "content-encoding": encoding }).end(bytes);
    });
    return createTestEngine(url, { tier }).laplas;
  };

  it("costs what the answer says", async () => {
    const laplas = await open("gzip", zlib.gzipSync(JSON.stringify(answer)));
    expect(await laplas.chat(chat)).toMatchObject({ choices: [{ message: { content: "Hi" } }] });
    expect((await laplas.status()).windows[0]).toMatchObject({ used: 16, held: 0 });
  });

  it("is refused in the server's own words", async () => {
    const body = JSON.stringify({ message: "Body validation error!", statusCode: 400, requestId: "r-1" });
    const laplas = await open("br", zlib.brotliCompressSync(body), 400);
    expect(await rejection(laplas.chat(chat))).toMatchObject({
      code: "invalid_request",
      message: expect.stringContaining("Body validation error!"),
    });
  });

  describe.each([false, true])("and wrong, streamed: %s", (stream) => {
    const wrong = Buffer.from(JSON.stringify(answer));
    const call = async (laplas: Laplas) => {
      if (!stream) return laplas.chat(chat);
      for await (const _ of laplas.chatStream(chat)) throw new Error("an event of nothing");
    };

    it("is an error that says so, charged an estimate", async () => {
      const laplas = await open("gzip", wrong);
      expect(await rejection(call(laplas))).toMatchObject({
        code: "unexpected_response",
        retryable: false,
        message: expect.stringMatching(
          /^127\.0\.0\.1:\d+: the answer's body, in "gzip", can't be decoded \(Z_DATA_ERROR\)\.$/,
        ),
      });
      expect((await laplas.status()).windows[0]?.used).toBeGreaterThan(0);
    });

    it("opens no breaker: the server does answer", async () => {
      const laplas = await open("gzip", wrong, 200, "paid");
      for (const _ of [1, 2, 3, 4]) {
        expect(await rejection(call(laplas))).toMatchObject({ code: "unexpected_response" });
      }
    });
  });

  it("and streamed is read to its end", async () => {
    const laplas = await open("zstd", zlib.zstdCompressSync(eventStream(chunk("Hi"), chunk("", "stop"), "[DONE]")));
    let text = "";
    for await (const { choices } of laplas.chatStream(chat)) text += choices[0]?.delta.content;
    expect(text).toBe("Hi");
  });
});
