import type { LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import * as undici from "undici";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, test, vi } from "vitest";
import { rejection } from "../testing/engine.js";
import { startProxy } from "../testing/proxy.js";
import { refusedURL } from "../testing/server.js";
import { createPictures } from "./create-pictures.js";
import { fetchPicture, PICTURE_BOUNDS, type Picture } from "./fetch-picture.js";
import type { PictureClient } from "./picture-client.js";
import { createUndiciPictures } from "./undici-pictures.js";
import { createWebPictures } from "./web-pictures.js";

const PNG = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(2_000, 7)]);

/** In these tests 127.0.0.2 stands for the internet, and all else for what must not be reached. */
const PUBLIC = "127.0.0.2";
const PRIVATE = "127.0.0.1";

interface TestServer {
  readonly origin: string;
  readonly port: number;
  readonly seen: IncomingMessage[];
  connections: number;
}

async function serveOn(host: string, handle: RequestListener): Promise<TestServer> {
  const http = createServer((request, response) => {
    server.seen.push(request);
    response.on("error", () => {});
    handle(request, response);
  });
  http.on("connection", () => {
    server.connections += 1;
  });
  http.listen(0, host);
  await once(http, "listening");
  onTestFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  const { port } = http.address() as AddressInfo;
  const server: TestServer = { origin: `http://${host}:${port}`, port, seen: [], connections: 0 };
  return server;
}

const servePicture: RequestListener = (_, response) => void response.end(PNG);

/** @param names what a name leads to, each time that it is looked up */
function judged(names: Readonly<Record<string, string[]>> = {}): PictureClient {
  const client = createUndiciPictures(undici, {
    isIP,
    isPublic: (address) => address === PUBLIC,
    lookup(name, _, callback) {
      const found: LookupAddress[] = (names[name] ?? []).map((address) => ({ address, family: 4 }));
      callback(null, found);
    },
  });
  onTestFinished(() => client.close());
  return client;
}

const OWN = "https://api.provider.test";
const draw = (client: PictureClient, address: string, origin = OWN): Promise<Picture> =>
  fetchPicture(client, origin, address, undefined);

describe("the address", () => {
  it("may be a public one, by number or by name", async () => {
    const { origin, port, seen } = await serveOn(PUBLIC, servePicture);
    const client = judged({ "cdn.test": [PRIVATE, PUBLIC] });
    expect(await draw(client, `${origin}/a.png`)).toEqual({ bytes: new Uint8Array(PNG), type: "image/png" });
    expect((await draw(client, `http://cdn.test:${port}/b.png`)).bytes).toHaveLength(PNG.length);
    expect(seen.map(({ url }) => url)).toEqual(["/a.png", "/b.png"]);
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
  });

  test.each(["by number", "by name", "by a number in disguise"])(
    "is not connected to where it is private, %s",
    async (how) => {
      const server = await serveOn(PRIVATE, servePicture);
      const hosts: Record<string, string> = { "by number": PRIVATE, "by name": "inside.test" };
      const client = judged({ "inside.test": [PRIVATE] });
      const error = await rejection(draw(client, `http://${hosts[how] ?? "0x7f000001"}:${server.port}/a.png`));
      expect(error).toMatchObject({ name: "PictureFault", message: expect.stringMatching(/neither public nor/) });
      expect(server.connections).toBe(0);
    },
  );

  it("is judged once more when it is connected to: what a name leads to can change", async () => {
    const server = await serveOn(PRIVATE, servePicture);
    // A judge that is deceived by the name, and not by the socket.
    let asked = 0;
    const client = createUndiciPictures(undici, {
      isIP,
      isPublic: () => asked++ === 0,
      lookup: (_, __, callback) => callback(null, [{ address: PRIVATE, family: 4 }]),
    });
    onTestFinished(() => client.close());
    await expect(draw(client, `http://moving.test:${server.port}/a.png`)).rejects.toThrow(/neither public nor/);
    expect(server.seen).toEqual([]);
  });

  it("may be the provider's own, private as it is, and no other port of it", async () => {
    const own = await serveOn(PRIVATE, servePicture);
    const other = await serveOn(PRIVATE, servePicture);
    const client = judged();
    expect((await draw(client, `${own.origin}/a.png`, own.origin)).type).toBe("image/png");
    await expect(draw(client, `${other.origin}/a.png`, own.origin)).rejects.toThrow(/neither public nor/);
  });

  test.each([
    ["file:///etc/passwd", /none of the web/],
    ["/images/a.png", /none of the web/],
    ["", /none of the web/],
    ["ftp://127.0.0.2/a.png", /none of the web/],
    ["http://me:secret@127.0.0.2/a.png", /name and a password/],
  ])("can't be %s", async (address, message) => {
    const error = await rejection(draw(judged(), address));
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(error)).not.toContain("secret");
  });
});

describe("a redirect", () => {
  const redirecting =
    (to: (url: string) => string): RequestListener =>
    ({ url = "" }, response) => {
      response.writeHead(302, { location: to(url) }).end();
    };

  it("is followed to where a picture may lie", async () => {
    const { origin } = await serveOn(PUBLIC, servePicture);
    const own = await serveOn(
      PRIVATE,
      redirecting(() => `${origin}/far.png`),
    );
    expect((await draw(judged(), `${own.origin}/a`, own.origin)).type).toBe("image/png");
  });

  it("is checked like the first address, each time", async () => {
    const inside = await serveOn(PRIVATE, servePicture);
    const far = await serveOn(PUBLIC, (request, response) =>
      redirecting((url) => (url === "/1" ? "/2" : `${inside.origin}/admin`))(request, response),
    );
    await expect(draw(judged(), `${far.origin}/1`)).rejects.toThrow(/neither public nor/);
    expect(far.seen.map(({ url }) => url)).toEqual(["/1", "/2"]);
    expect(inside.connections).toBe(0);
    const toFile = await serveOn(
      PUBLIC,
      redirecting(() => "file:///etc/passwd"),
    );
    await expect(draw(judged(), toFile.origin)).rejects.toThrow(/none of the web/);
    const nowhere = await serveOn(PUBLIC, (_, response) => void response.writeHead(302).end());
    await expect(draw(judged(), nowhere.origin)).rejects.toThrow(/redirects more than 5/);
  });

  it("is followed five times", async () => {
    const far = await serveOn(PUBLIC, ({ url = "" }, response) => {
      const left = Number(url.slice(1));
      if (left === 0) response.end(PNG);
      else response.writeHead(307, { location: `/${left - 1}` }).end();
    });
    expect((await draw(judged(), `${far.origin}/5`)).type).toBe("image/png");
    await expect(draw(judged(), `${far.origin}/6`)).rejects.toThrow(/redirects more than 5 times/);
  });
});

describe("a proxy that the environment names", () => {
  beforeEach(() => {
    for (const name of ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"])
      vi.stubEnv(name, undefined);
  });
  afterEach(() => vi.unstubAllEnvs());
  /** No resolver knows it. */
  const own = "http://api.provider.test";

  it("is the way to the provider's own server", async () => {
    const proxy = await startProxy((await serveOn(PRIVATE, servePicture)).origin);
    vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
    expect((await draw(judged(), `${own}/a.png`, own)).bytes).toHaveLength(PNG.length);
    expect(proxy.asked).toEqual([`GET ${own}/a.png`]);
    vi.stubEnv("NO_PROXY", "provider.test");
    await expect(draw(judged(), `${own}/b.png`, own)).rejects.toThrow(/no answer came \(E/);
    expect(proxy.asked).toHaveLength(1);
  });

  it("is not for others, whose address it would look up by itself", async () => {
    const inside = await serveOn(PRIVATE, servePicture);
    const far = await serveOn(PUBLIC, servePicture);
    const proxy = await startProxy(inside.origin);
    vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
    const client = judged({ "cdn.test": [PUBLIC], "inside.test": [PRIVATE] });
    expect((await draw(client, `http://cdn.test:${far.port}/a.png`, own)).type).toBe("image/png");
    await expect(draw(client, `http://inside.test:${inside.port}/`, own)).rejects.toThrow(/neither public nor/);
    expect([proxy.asked, inside.connections]).toEqual([[], 0]);
  });

  it("that does not answer is the reason why there is no picture", async () => {
    vi.stubEnv("HTTP_PROXY", await refusedURL());
    await expect(draw(judged(), `${own}/a.png`, own)).rejects.toThrow("no answer came (ECONNREFUSED)");
  });
});

describe("what comes", () => {
  const bounds = { ...PICTURE_BOUNDS, maxBytes: PNG.length };
  const answered = async (handle: RequestListener, more = bounds, signal?: AbortSignal): Promise<Picture> => {
    const { origin } = await serveOn(PUBLIC, handle);
    return fetchPicture(judged(), OWN, `${origin}/a`, signal, more);
  };

  it("may have so many bytes and none more, announced or not", async () => {
    expect((await answered(servePicture)).bytes).toHaveLength(PNG.length);
    const longer = Buffer.concat([PNG, Buffer.alloc(1)]);
    await expect(answered((_, response) => void response.end(longer))).rejects.toThrow(/more than 0 MB/);
    const endless: RequestListener = (_, response) => {
      response.write(PNG);
      const zeros = new Readable({ read: () => void zeros.push(Buffer.alloc(60_000)) });
      zeros.pipe(response);
    };
    await expect(answered(endless, { ...bounds, maxBytes: 1_500_000 })).rejects.toThrow(/more than 1.5 MB/);
  });

  it("is left at its head where it is a page", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const page: RequestListener = (_, response) => {
      response.writeHead(200, { "content-type": "image/png" });
      response.write("<!doctype html>".padEnd(600, " "));
      response.on("close", resolve);
    };
    await expect(answered(page)).rejects.toThrow(/is not a picture/);
    await promise;
  });

  test.each<[string, RequestListener, RegExp]>([
    ["a failure", (_, response) => void response.writeHead(404).end(PNG), /answered 404/],
    ["nothing", (_, response) => void response.end(), /not a picture/],
    [
      "something packed",
      (_, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(PNG)),
      /not a picture/,
    ],
    [
      "a broken answer",
      (_, response) => void response.writeHead(200, { "content-length": 9_000 }).write(PNG, () => response.destroy()),
      /no answer came \(/,
    ],
  ])("is no picture where it is %s", async (_, handle, message) => {
    await expect(answered(handle, PICTURE_BOUNDS)).rejects.toThrow(message);
  });

  it("has so much time, and as much as its caller has", async () => {
    const silent: RequestListener = (_, response) => void response.write(PNG);
    await expect(answered(silent, { maxBytes: 9_000, timeoutMs: 50 })).rejects.toThrow(/more than 0.05 s/);
    const leaving = new AbortController();
    const work = answered(
      (_, response) => response.write(PNG, () => leaving.abort(new Error("left"))),
      PICTURE_BOUNDS,
      leaving.signal,
    );
    await expect(work).rejects.toThrow("left");
  });

  it("may be data in the address", async () => {
    const data = PNG.toString("base64");
    const draws = (address: string) => fetchPicture(judged(), OWN, address, undefined, bounds);
    expect((await draws(`data:image/png;base64,${data}`)).bytes).toEqual(new Uint8Array(PNG));
    await expect(draws(`data:image/png;base64,${Buffer.alloc(3_000).toString("base64")}`)).rejects.toThrow(/more than/);
    await expect(draws("data:text/html;base64,PGh0bWw+")).rejects.toThrow(/not a picture/);
    await expect(draws("data:image/png;base64,%%")).rejects.toThrow(/not base64/);
    await expect(draws("data:image/png,abc")).rejects.toThrow(/none of the web/);
  });
});

describe("by any fetch, which tells no address,", () => {
  const web = createWebPictures((input, init) => fetch(input, init));

  it("the provider's own server is asked alone", async () => {
    const own = await serveOn(PRIVATE, ({ url }, response) => {
      if (url === "/far") response.writeHead(302, { location: far.origin }).end();
      else if (url === "/near") response.writeHead(302, { location: "/a" }).end();
      else response.end(PNG);
    });
    const far = await serveOn(PUBLIC, servePicture);
    expect((await draw(web, `${own.origin}/near`, own.origin)).bytes).toHaveLength(PNG.length);
    for (const address of [far.origin, `${own.origin}/far`]) {
      await expect(draw(web, address, own.origin)).rejects.toThrow(/not the provider's own/);
    }
    expect(far.connections).toBe(0);
  });

  it("a body that never ends is left, even by one that does not know signals", async () => {
    const deaf = createWebPictures(async () => new Response(new ReadableStream({ pull: () => new Promise(() => {}) })));
    const work = fetchPicture(deaf, OWN, `${OWN}/a`, undefined, { maxBytes: 9, timeoutMs: 20 });
    await expect(work).rejects.toThrow(/took more than/);
  });
});

describe("an engine's pictures", () => {
  it("come from its provider's origin, and not from another place of this machine", async () => {
    const own = await serveOn(PRIVATE, servePicture);
    const other = await serveOn(PRIVATE, servePicture);
    const pictures = createPictures(`${own.origin}/v1`, undefined);
    onTestFinished(() => pictures.close());
    expect((await pictures.fetch(`${own.origin}/a.png`, undefined)).type).toBe("image/png");
    await expect(pictures.fetch(`http://localhost:${other.port}/`, undefined)).rejects.toThrow(/neither public nor/);
    expect(other.connections).toBe(0);
  });

  it("go through a fetch of the caller's own", async () => {
    const asked: string[] = [];
    const pictures = createPictures(`${OWN}/v1`, async (input) => {
      asked.push(String(input));
      return new Response(PNG);
    });
    expect((await pictures.fetch(`${OWN}/a.png`, undefined)).type).toBe("image/png");
    await expect(pictures.fetch("http://1.1.1.1/", undefined)).rejects.toThrow(/not the provider's own/);
    expect(asked).toEqual([`${OWN}/a.png`]);
    await pictures.close();
  });
});
