import { createLaplas } from "@laplas/core";
import { createGateway, listen } from "@laplas/gateway";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it, onTestFinished } from "vitest";
import { API_KEY, ask, type GatewaySettings, openGateway, post } from "./open-gateway.ts";
import { exchange, openConnection, readAnswer, requestText } from "./sockets.ts";
import { until } from "./until.ts";

async function open(settings: Omit<GatewaySettings, "engine"> = {}) {
  const sandbox = await createSandbox();
  onTestFinished(() => sandbox.close());
  const gateway = await openGateway({ engine: { baseURL: sandbox.baseURL }, ...settings });
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
    readAnswer(await exchange(gateway.url, requestText(method, path, headers)));
  return { sandbox, gateway, get };
}

const codeOf = (body: string): string => (JSON.parse(body) as { error: { code: string } }).error.code;

describe("the name in Host", () => {
  it.each([
    "localhost",
    "localhost:4114",
    "LocalHost:80",
    "app.localhost:4114",
    "127.0.0.1",
    "127.0.0.1:4114",
    "127.0.0.1:80",
    "10.0.0.7:4114",
    "[::1]",
    "[::1]:4114",
    "[::1]:80",
    "[fe80::1]:4114",
    "gateway",
    "Gateway:4114",
    "laplas.example.com",
    "public.example.com:443",
  ])("%s is ours", async (host) => {
    const { get } = await open({
      gateway: { allowedHosts: ["gateway", "laplas.example.com"], publicURL: "https://public.example.com/laplas" },
    });
    expect(await get("/v1/models", { host })).toMatchObject({ status: 200 });
  });

  it.each([
    "evil.example.com",
    "evil.example.com:4114",
    "localhost.evil.example.com",
    "127.0.0.1.evil.example.com",
    "notlocalhost",
    "evil-localhost:4114",
    "gateway.evil.example.com",
    "sub.gateway",
    "2130706433",
  ])("%s is a stranger's", async (host) => {
    const { sandbox, get } = await open({ gateway: { allowedHosts: ["gateway"] } });
    for (const path of ["/v1/models", "/v1/quota", "/health", "/ready", "/images/a.png"]) {
      const { status, body } = await get(path, { host });
      expect([status, codeOf(body)]).toEqual([403, "host_not_allowed"]);
    }
    expect((await get("/v1/chat/completions", { host }, "POST")).status).toBe(403);
    expect(sandbox.counts().received).toBe(0);
  });

  it.each([
    "",
    "localhost:4114:80",
    "user@localhost",
    "localhost/x",
    "local host",
    "[::1",
    "::1",
    "[localhost]",
    "localhost, evil.example.com",
  ])("%j is none", async (host) => {
    const { get } = await open();
    const { status, body } = await get("/v1/models", { host });
    expect([400, 403]).toContain(status);
    expect(codeOf(body)).toMatch(/^[a-z_]+$/);
  });

  it("counts, also where the request's target names another, or a second one stands beside it", async () => {
    const { gateway } = await open();
    const strange = "http://evil.example.com/v1/models";
    const twice = "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nhost: evil.example.com\r\nconnection: close\r\n\r\n";
    expect(
      readAnswer(await exchange(gateway.url, requestText("GET", strange, { host: "evil.example.com" }))).status,
    ).toBe(403);
    expect([400, 403]).toContain(readAnswer(await exchange(gateway.url, twice)).status);
  });
});

describe("the page in Origin", () => {
  const ORIGINS = { allowedOrigins: ["https://app.example.com", "http://localhost:3000"] };

  it.each([
    ["http://localhost:4114", "localhost:4114"],
    ["https://localhost:4114", "localhost:4114"],
    ["http://127.0.0.1:4114", "127.0.0.1:4114"],
    ["http://[::1]:4114", "[::1]:4114"],
    ["https://app.example.com", "localhost:4114"],
    ["http://localhost:3000", "localhost:4114"],
    ["https://public.example.com", "localhost:4114"],
  ])("%s may call %s", async (origin, host) => {
    const { get } = await open({ gateway: { ...ORIGINS, publicURL: "https://public.example.com" } });
    expect((await get("/v1/models", { origin, host })).status).toBe(200);
  });

  it.each([
    ["https://evil.example.com", "localhost:4114"],
    ["http://app.example.com", "localhost:4114"],
    ["https://app.example.com:8443", "localhost:4114"],
    ["https://app.example.com.evil.example", "localhost:4114"],
    ["http://localhost", "localhost:4114"],
    ["http://localhost:4115", "localhost:4114"],
    ["http://127.0.0.1:4114", "localhost:4114"],
    ["null", "localhost:4114"],
    ["file://", "localhost:4114"],
    ["", "localhost:4114"],
    ["chrome-extension://abcdef", "localhost:4114"],
  ])("%j may not call %s, nor read why", async (origin, host) => {
    const { sandbox, get } = await open({ gateway: ORIGINS });
    for (const [method, path] of [
      ["GET", "/v1/models"],
      ["POST", "/v1/chat/completions"],
      ["OPTIONS", "/v1/chat/completions"],
    ] as const) {
      const { status, headers, body } = await get(path, { origin, host }, method);
      expect([status, codeOf(body)]).toEqual([403, "origin_not_allowed"]);
      expect(headers).not.toHaveProperty("access-control-allow-origin");
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it("gets no leave to read unless it is listed, and then for itself alone", async () => {
    const closed = await open();
    const asIs = await closed.get("/v1/models", { origin: "http://localhost:4114", host: "localhost:4114" });
    expect(Object.keys(asIs.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);

    const { gateway, get } = await open({
      gateway: { ...ORIGINS, clients: [{ name: "page", token: "page-token-0123456789" }] },
    });
    const preflight = await get(
      "/v1/chat/completions",
      {
        origin: "https://app.example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,x-stainless-os",
      },
      "OPTIONS",
    );
    expect(preflight).toMatchObject({ status: 204, body: "" });
    expect(preflight.headers).toMatchObject({
      "access-control-allow-origin": "https://app.example.com",
      "access-control-allow-headers": expect.stringContaining("x-stainless-os"),
      "access-control-allow-methods": expect.stringContaining("POST"),
      vary: expect.stringMatching(/origin/i),
    });
    expect(preflight.headers).not.toHaveProperty("access-control-allow-credentials");
    // A page must be able to read why it was refused.
    const refused = await get("/v1/models", { origin: "https://app.example.com" });
    expect(refused).toMatchObject({
      status: 401,
      headers: { "access-control-allow-origin": "https://app.example.com" },
    });
    const answer = await post(gateway.baseURL, ask("Hello"), {
      headers: { origin: "https://app.example.com", authorization: "Bearer page-token-0123456789" },
    });
    expect(answer.headers.get("access-control-expose-headers")).toContain("x-laplas-remaining");
  });
});

describe("tokens", () => {
  const clients = [
    { name: "alice", token: "token-of-alice-51c90b" },
    { name: "bob", token: "token-of-bob-77fe2d00" },
  ];

  it("let their clients in by name, and nobody else, whatever they show", async () => {
    const { sandbox, gateway, get } = await open({ gateway: { clients, sleep: () => Promise.resolve() } });
    for (const { name, token } of clients) {
      for (const authorization of [`Bearer ${token}`, `bearer   ${token}`]) {
        const response = await post(gateway.baseURL, ask("Hello"), { headers: { authorization } });
        expect(response.status).toBe(200);
        await response.text();
      }
      expect(gateway.log.filter((line) => line.includes(`"client":"${name}"`))).toHaveLength(2);
    }
    const before = sandbox.counts().received;
    const wrong = [
      "",
      "Bearer",
      "Bearer ",
      "Bearer wrong-token-0123456789",
      `Bearer ${clients[0]?.token}x`,
      `Bearer ${clients[0]?.token.slice(0, -1)}`,
      `Bearer ${clients[0]?.token.toUpperCase()}`,
      `Bearer ${clients[0]?.token} ${clients[1]?.token}`,
      `Basic ${Buffer.from(`alice:${clients[0]?.token}`).toString("base64")}`,
      clients[0]?.token ?? "",
      `Token ${clients[0]?.token}`,
      `Bearer ${API_KEY}`,
      "Bearer __proto__",
    ];
    for (const authorization of wrong) {
      for (const path of ["/v1/models", "/v1/quota", "/v1/check", "/v1/chat/completions", "/anything", "/images/a/b"]) {
        const { status, headers, body } = await get(path, authorization === "" ? {} : { authorization }, "POST");
        expect({ authorization, path, status, code: codeOf(body) }).toEqual({
          authorization,
          path,
          status: 401,
          code: "invalid_api_key",
        });
        expect(headers["x-should-retry"]).toBe("false");
      }
    }
    // Some clients say it with a header of their own; of those only Anthropic's counts, and only with the token as it is.
    for (const name of ["api-key", "cookie"]) {
      expect((await get("/v1/models", { [name]: clients[0]?.token ?? "" })).status).toBe(401);
    }
    expect((await get("/v1/models", { "x-api-key": clients[0]?.token ?? "" })).status).toBe(200);
    for (const token of wrong.filter((text) => text !== clients[0]?.token)) {
      expect({ token, status: (await get("/v1/models", { "x-api-key": token })).status }).toEqual({
        token,
        status: 401,
      });
    }
    expect((await get(`/v1/models?key=${clients[0]?.token}`)).status).toBe(401);
    expect(sandbox.counts().received).toBe(before);
    for (const { token } of clients) expect(gateway.log.join("\n")).not.toContain(token);
    expect(gateway.log.join("\n")).not.toContain(API_KEY);
  });

  it("are not needed to ask after its health, nor passed on upstream", async () => {
    const { sandbox, gateway, get } = await open({ gateway: { clients } });
    expect(await get("/health")).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    expect(await get("/ready")).toMatchObject({ status: 200, body: '{"status":"ready"}' });
    expect((await get("/images/none.png")).status).toBe(404);
    for (const path of ["/health/", "/healthx", "/ready/../v1/models", "//health", "/images/../v1/quota"]) {
      expect({ path, status: (await get(path)).status }).toEqual({ path, status: 401 });
    }
    await (
      await post(gateway.baseURL, ask("Hello"), { headers: { authorization: `Bearer ${clients[0]?.token}` } })
    ).text();
    expect(JSON.stringify(sandbox.requests)).not.toContain(clients[0]?.token);
  });

  it.each(["0.0.0.0", "::", "192.0.2.1", "::ffff:127.0.0.1", "example.com", ""])(
    "are demanded before it listens on %j",
    async (host) => {
      const laplas = createLaplas({ apiKey: API_KEY, ledger: "memory", baseURL: "http://127.0.0.1:9" });
      onTestFinished(() => laplas.close());
      const gateway = createGateway({ laplas });
      await expect(listen(gateway, { host, port: 0 })).rejects.toMatchObject({
        code: "invalid_options",
        message: expect.stringContaining("LAPLAS_GATEWAY_TOKEN"),
      });
    },
  );

  it("an IPv6 loopback needs none", async () => {
    const { gateway } = await open({ listen: { host: "::1" } });
    expect(gateway.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
  });
});

describe("a body over the limit", () => {
  const LIMIT = 10_000;
  const big = ask("x".repeat(20_000_000));

  it.each([
    ["announced", { "content-length": `${big.length}` }, big],
    ["announced and never sent", { "content-length": "99999999999" }, ""],
    ["in chunks", { "transfer-encoding": "chunked" }, `${big.length.toString(16)}\r\n${big}\r\n0\r\n\r\n`],
    [
      "in chunks without end",
      { "transfer-encoding": "chunked" },
      `${"4000\r\n".concat("x".repeat(0x4000), "\r\n").repeat(3)}`,
    ],
    ["announced to wait for leave", { "content-length": "99999999", expect: "100-continue" }, ""],
  ])("%s is told so, and its connection ends", async (_, headers, body) => {
    const { sandbox, gateway } = await open({ gateway: { maxBodyBytes: LIMIT } });
    const connection = await openConnection(gateway.url);
    connection.write(requestText("POST", "/v1/chat/completions", { connection: "keep-alive", ...headers }));
    connection.write(body);
    const { status, body: answer } = readAnswer(await connection.closed());
    expect([status, codeOf(answer)]).toEqual([413, "body_over_limit"]);
    await until(
      "requests",
      () => gateway.server.running,
      (running) => running === 0,
    );
    expect(sandbox.counts().received).toBe(0);
    expect((await post(gateway.baseURL, ask("Hello"))).status).toBe(200);
  });

  it("begins right after it", async () => {
    const { gateway } = await open({ gateway: { maxBodyBytes: LIMIT } });
    const fit = (bytes: number): string => {
      const frame = ask("").length;
      return ask("Hello".padEnd(bytes - frame, " "));
    };
    for (const chunked of [false, true]) {
      for (const [bytes, status] of [
        [LIMIT, 200],
        [LIMIT + 1, 413],
      ] as const) {
        const body = chunked ? new Blob([fit(bytes)]).stream() : fit(bytes);
        const response = await fetch(`${gateway.baseURL}/chat/completions`, {
          method: "POST",
          body,
          duplex: "half",
        } as RequestInit);
        expect({ chunked, bytes, status: response.status }).toEqual({ chunked, bytes, status });
        await response.text();
      }
    }
  });
});
