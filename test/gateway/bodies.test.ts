import { gzipSync } from "node:zlib";
import { createSandbox, paidRules } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { ask, type GatewaySettings, openGateway, post } from "./open-gateway.ts";
import { openConnection, readAnswer, requestText } from "./sockets.ts";
import { until } from "./until.ts";

const CHAT = "/v1/chat/completions";
const codeOf = (body: string): string => (JSON.parse(body) as { error: { code: string } }).error.code;

async function open(settings: Omit<GatewaySettings, "engine"> = {}) {
  const sandbox = await createSandbox({ rules: paidRules });
  onTestFinished(() => sandbox.close());
  const gateway = await openGateway({ engine: { baseURL: sandbox.baseURL, tier: "paid" }, ...settings });
  return { sandbox, gateway };
}

describe("a compressed body", () => {
  it("is read with its length stated, and in chunks", async () => {
    const { gateway } = await open();
    const body = gzipSync(ask("What is 6 * 7?"));
    for (const sent of [body, new Blob([body]).stream()]) {
      const headers = { "content-encoding": "gzip" };
      const init = { method: "POST", headers, body: sent, duplex: "half" } as RequestInit;
      const response = await fetch(`${gateway.url}${CHAT}`, init);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain("6 * 7 is 42.");
    }
  });

  it.each<[string, Record<string, string>, Uint8Array, number, string]>([
    ["of gigabytes", { "content-encoding": "gzip" }, gzipSync(Buffer.alloc(300_000_000)), 413, "body_over_limit"],
    ["that is none", { "content-encoding": "deflate" }, Buffer.from(ask("Hello")), 400, "invalid_encoding"],
    ["in an unknown coding", { "content-encoding": "br" }, Buffer.from(ask("Hello")), 415, "unsupported_encoding"],
  ])("%s is refused, and its connection ends", async (_, headers, body, status, code) => {
    const { gateway, sandbox } = await open();
    const connection = await openConnection(gateway.url);
    const all = { connection: "keep-alive", "content-length": `${body.length}`, ...headers };
    connection.write(requestText("POST", CHAT, all));
    connection.write(body);
    const answer = readAnswer(await connection.closed());
    expect([answer.status, codeOf(answer.body)]).toEqual([status, code]);
    expect(sandbox.counts().received).toBe(0);
    expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
  });
});

describe("bodies without room", () => {
  const MEGABYTE = 1_000_000;
  /** Room for one large body. */
  const bounds = (patienceMs: number) => ({
    gateway: { maxBodyBytes: MEGABYTE, bodies: { maxBytes: 2 * MEGABYTE, patienceMs } },
  });
  // Blanks behind the JSON, so that it is a small prompt.
  const large = ask("Hello").padEnd(MEGABYTE);
  const announce = (more: Readonly<Record<string, string>> = {}): string =>
    requestText("POST", CHAT, { "content-length": `${large.length}`, ...more });

  it.each(["leaves", "is answered"])("wait until another %s, and small ones do not", async (end) => {
    const { gateway, sandbox } = await open(bounds(600_000));
    const first = await openConnection(gateway.url);
    first.write(announce());
    first.write(large.slice(0, -1));
    await until(
      "the first request",
      () => gateway.server.running,
      (running) => running === 1,
    );
    const second = await openConnection(gateway.url);
    second.write(announce());
    second.write(large);
    await until(
      "both requests",
      () => gateway.server.running,
      (running) => running === 2,
    );
    expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
    expect([second.received(), sandbox.counts().received]).toEqual(["", 1]);
    if (end === "leaves") first.socket.destroy();
    else first.write(large.slice(-1));
    expect(readAnswer(await second.closed()).status).toBe(200);
    if (end !== "leaves") expect(readAnswer(await first.closed()).status).toBe(200);
  });

  it("are asked to come again after their patience, stated or in chunks", async () => {
    const { gateway, sandbox } = await open(bounds(50));
    const first = await openConnection(gateway.url);
    first.write(announce());
    await until(
      "the first request",
      () => gateway.server.running,
      (running) => running === 1,
    );
    const stated = await openConnection(gateway.url);
    stated.write(announce({ connection: "keep-alive" }));
    stated.write(large);
    const chunked = await openConnection(gateway.url);
    chunked.write(requestText("POST", CHAT, { "transfer-encoding": "chunked" }));
    chunked.write(`${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`);
    for (const connection of [stated, chunked]) {
      const { status, headers, body } = readAnswer(await connection.closed());
      expect([status, codeOf(body)]).toEqual([503, "bodies_over_limit"]);
      expect(headers).toMatchObject({ "retry-after": "2", "x-should-retry": "true", connection: "close" });
    }
    expect(sandbox.counts().received).toBe(0);
    first.socket.destroy();
    await until(
      "the first to be gone",
      () => gateway.server.running,
      (running) => running === 0,
    );
    expect((await post(gateway.baseURL, large)).status).toBe(200);
  });
});
