import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import * as undici from "undici";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { CERTIFICATE } from "../testing/certificate.js";
import { createTestEngine, rejection } from "../testing/engine.js";
import { startProxy } from "../testing/proxy.js";
import { refusedURL, serve } from "../testing/server.js";
import { createUndiciTransport } from "./undici-transport.js";

const NAMES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];

beforeEach(() => {
  for (const name of NAMES) vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** A host that no resolver knows: it is reached through the proxy or not at all. */
const HOST = "upstream.test";

async function send(url: string) {
  const transport = createUndiciTransport(undici);
  onTestFinished(() => transport.close());
  const response = await transport.send({ url, apiKey: "key-1", body: {}, signal: new AbortController().signal });
  return response.text(1_000);
}
const answering = () => serve(({ headers }, response) => response.end(`${headers.host} ${headers.authorization}`));

async function serveTls(): Promise<string> {
  const { cert, key } = CERTIFICATE;
  const server = createServer({ cert, key }, ({ headers }, response) => {
    response.end(`${headers.host} ${headers.authorization} ${headers["proxy-authorization"]}`);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a request for plain HTTP", () => {
  it.each(["http_proxy", "HTTP_PROXY"])("goes through the proxy in %s, which sees its address", async (name) => {
    const proxy = await startProxy(await answering());
    vi.stubEnv(name, `http://${proxy.host}`);
    expect(await send(`http://${HOST}/v1/chat`)).toBe(`${HOST} Bearer key-1`);
    expect(proxy.asked).toEqual([`POST http://${HOST}/v1/chat`]);
  });

  it("goes through a proxy that is named without http://, and prefers the lower case", async () => {
    const proxy = await startProxy(await answering());
    vi.stubEnv("HTTP_PROXY", await refusedURL());
    vi.stubEnv("http_proxy", proxy.host);
    expect(await send(`http://${HOST}/v1/chat`)).toMatch(HOST);
  });

  it("shows the credentials in the variable to the proxy", async () => {
    const proxy = await startProxy(await answering(), "us@er:pass word");
    vi.stubEnv("HTTP_PROXY", `http://us%40er:pass%20word@${proxy.host}`);
    expect(await send(`http://${HOST}/v1/chat`)).toMatch(HOST);
  });
});

describe("a request for HTTPS", () => {
  it.each([
    ["https_proxy", undefined],
    ["HTTPS_PROXY", undefined],
    ["HTTPS_PROXY", "user:secret"],
    // As undici reads it, unlike curl.
    ["HTTP_PROXY", "user:secret"],
  ])("goes through a tunnel of the proxy in %s, as %s, which sees no key", async (name, credentials) => {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const proxy = await startProxy(await serveTls(), credentials);
    vi.stubEnv(name, `http://${credentials === undefined ? "" : `${credentials}@`}${proxy.host}`);
    expect(await send(`https://${HOST}/v1/chat`)).toBe(`${HOST} Bearer key-1 undefined`);
    expect(proxy.asked).toEqual([`CONNECT ${HOST}:443`]);
  });

  it("believes no certificate that is wrong, proxy or not", async () => {
    const proxy = await startProxy(await serveTls());
    vi.stubEnv("HTTPS_PROXY", `http://${proxy.host}`);
    expect(await rejection(send(`https://${HOST}/v1/chat`))).toMatchObject({
      kind: "unsent",
      message: "no connection (DEPTH_ZERO_SELF_SIGNED_CERT), where HTTPS_PROXY names a proxy",
    });
  });
});

describe("no proxy is asked", () => {
  it.each(["127.0.0.1", "localhost"])("for %s, though NO_PROXY does not name it", async (host) => {
    const url = (await answering()).replace("127.0.0.1", host);
    vi.stubEnv("HTTP_PROXY", await refusedURL());
    expect(await send(`${url}/chat`)).toMatch(host);
  });

  it.each([
    ["NO_PROXY", HOST],
    ["no_proxy", ".test, example.com"],
    ["NO_PROXY", "*"],
    ["NO_PROXY", `other.test ${HOST}:80`],
  ])("for a host in %s=%s", async (name, value) => {
    const proxy = await startProxy(await answering());
    vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
    vi.stubEnv(name, value);
    expect(await rejection(send(`http://${HOST}/v1/chat`))).toMatchObject({ kind: "unsent" });
    expect(proxy.asked).toEqual([]);
  });

  it.each([`not${HOST}`, `${HOST}:8080`])("but for others than NO_PROXY=%s", async (value) => {
    const proxy = await startProxy(await answering());
    vi.stubEnv("HTTP_PROXY", `http://${proxy.host}`);
    vi.stubEnv("NO_PROXY", value);
    expect(await send(`http://${HOST}/v1/chat`)).toMatch(HOST);
  });
});

describe("a proxy that does not work", () => {
  it.each(["http", "https"])(
    "for want of credentials has sent nothing, and is named without them: %s",
    async (scheme) => {
      const proxy = await startProxy(await answering(), "user:right");
      vi.stubEnv("HTTP_PROXY", `http://user:wrong@${proxy.host}`);
      const failure = (await rejection(send(`${scheme}://${HOST}/v1/chat`))) as Error;
      expect(failure).toMatchObject({ kind: "unsent", message: "no connection: the proxy in HTTP_PROXY answered 407" });
      expect(JSON.stringify(failure.cause) + String(failure.cause)).not.toMatch(/wrong/);
    },
  );

  it("because nobody listens is named", async () => {
    vi.stubEnv("HTTPS_PROXY", await refusedURL());
    expect(await rejection(send(`https://${HOST}/v1/chat`))).toMatchObject({
      kind: "unsent",
      message: "no connection (ECONNREFUSED), where HTTPS_PROXY names a proxy",
    });
  });

  it.each(["http://user:secret@:0:1", "socks5://user:secret@proxy:1080"])(
    "because %j is none makes a call an error that names the variable, and costs nothing",
    async (value) => {
      vi.stubEnv("HTTPS_PROXY", value);
      const { laplas } = createTestEngine(`https://${HOST}/v1`);
      const chat = laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
      const failure = (await rejection(chat)) as Error;
      expect(failure).toMatchObject({ code: "invalid_options", message: expect.stringContaining("HTTPS_PROXY") });
      expect(failure.message).not.toMatch(/secret/);
      expect((await laplas.status()).windows[0]).toMatchObject({ used: 0, held: 0 });
    },
  );
});
