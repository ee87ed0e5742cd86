import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it, test } from "vitest";
import { API_KEY, chat, openGateway, post } from "./testing/open-gateway.js";

const TOKEN = "token-of-alice-91c2";
const OTHER = "token-of-bob-5f0e77";
const clients = [
  { name: "alice", token: TOKEN },
  { name: "bob", token: OTHER },
];

interface WireError {
  readonly error: { readonly code: string; readonly message: string; readonly type: string };
}

describe("the gateway", () => {
  test.each(["/v1/chat/completions", "/chat/completions", "/openai/v1/chat/completions/"])(
    "answers at %s",
    async (path) => {
      const { ask } = await openGateway();
      const response = await ask(path, post(chat("Hello")));
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ object: "chat.completion" });
    },
  );

  it("gives a model's thoughts apart from its text, whole and streamed", async () => {
    const { ask } = await openGateway();
    const body = chat("What is 6 * 7?", { model: "Qwen/QwQ-32B" });
    const whole = await (await ask("/v1/chat/completions", post(body))).json();
    const thoughts = expect.stringMatching(/^Okay[^<]+\.$/);
    expect(whole.choices[0].message).toMatchObject({ content: "6 * 7 is 42.", reasoning_content: thoughts });
    const text = await (await ask("/v1/chat/completions", post({ ...body, stream: true }))).text();
    const deltas = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data ?? "").choices[0].delta);
    const joined = (field: string): string => deltas.map((delta) => delta[field] ?? "").join("");
    expect([joined("content"), joined("reasoning_content")]).toEqual(["6 * 7 is 42.", thoughts]);
    expect(text).not.toContain("think>");
  });

  it("is healthy and ready", async () => {
    const { ask } = await openGateway();
    expect(await (await ask("/health")).json()).toEqual({ status: "ok" });
    expect(await (await ask("/ready")).json()).toEqual({ status: "ready" });
  });

  it("that is being stopped is healthy, not ready, and asks to come later", async () => {
    const { ask, gateway } = await openGateway();
    gateway.stop();
    expect((await ask("/health")).status).toBe(200);
    expect((await ask("/ready")).status).toBe(503);
    const response = await ask("/v1/chat/completions", post(chat("Hello")));
    expect(response.status).toBe(503);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "retry-after": "2",
      "x-should-retry": "true",
      connection: "close",
    });
  });

  it("is not ready without its ledger", async () => {
    const { ask } = await openGateway({}, { ledger: { reserve: 1, settle: 1, teach: 1 } as never });
    const response = await ask("/ready");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("TypeError");
  });

  it("says what is left, and spends nothing on it", async () => {
    const { ask, sandbox } = await openGateway();
    await ask("/v1/chat/completions", post(chat("Hello")));
    expect(await (await ask("/v1/quota")).json()).toEqual({
      object: "quota",
      tier: "free",
      ledger: "memory",
      windows: [
        {
          rule: "daily_api_tokens",
          metric: "api_tokens",
          unit: "API tokens",
          limit: 50_000,
          used: 16,
          held: 0,
          left: 49_984,
          resets_at: expect.stringMatching(/T00:00:02\.000Z$/),
        },
      ],
      per_model: [],
      running: 0,
      waiting: 0,
      blocked_until: null,
      payment_required: false,
    });
    expect(sandbox.counts().received).toBe(1);
  });
});

describe("methods", () => {
  const PATHS: readonly (readonly [path: string, allow: string])[] = [
    ["/", "GET, HEAD, OPTIONS"],
    ["/health", "GET, HEAD, OPTIONS"],
    ["/ready", "GET, HEAD, OPTIONS"],
    ["/images/none.png", "GET, HEAD, OPTIONS"],
    ["/v1/models", "GET, HEAD, OPTIONS"],
    ["/v1/models/gpt-4o-mini", "GET, HEAD, OPTIONS"],
    ["/v1/quota", "GET, HEAD, OPTIONS"],
    ["/quota", "GET, HEAD, OPTIONS"],
    ["/v1/events", "GET, HEAD, OPTIONS"],
    ["/v1/calls-left", "GET, HEAD, OPTIONS"],
    ["/playground/v1/quota", "GET, HEAD, OPTIONS"],
    ["/playground/v1/calls-left", "GET, HEAD, OPTIONS"],
    ["/playground/v1/check", "POST, OPTIONS"],
    ["/playground/v1/chat/completions", "POST, OPTIONS"],
    ["/v1/check", "POST, OPTIONS"],
    ["/v1/chat/completions", "POST, OPTIONS"],
    ["/v1/embeddings", "POST, OPTIONS"],
    ["/v1/images/generations", "POST, OPTIONS"],
  ];

  test.each(PATHS)("%s takes %s, and says so", async (path, allow) => {
    const { ask, laplas } = await openGateway();
    const playing = await openGateway({ playground: laplas });
    const at = path.startsWith("/playground") ? playing.ask : ask;
    const told = await at(path, { method: "OPTIONS" });
    expect([told.status, told.headers.get("allow"), await told.text()]).toEqual([204, allow, ""]);
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE"].filter((name) => !allow.includes(name))) {
      const refused = await at(path, { method });
      expect([method, refused.status, refused.headers.get("allow")]).toEqual([method, 405, allow]);
      if (method !== "HEAD") expect(((await refused.json()) as WireError).error.code).toBe("method_not_allowed");
    }
    if (!allow.includes("HEAD")) return;
    const head = await at(path, { method: "HEAD" });
    const got = await at(path);
    expect([head.status, await head.text()]).toEqual([got.status, ""]);
    expect(head.headers.get("content-type")).toBe(got.headers.get("content-type"));
    await got.body?.cancel();
  });

  it("HEAD of the events watches nothing: the next fifty may", async () => {
    const { ask } = await openGateway();
    for (let count = 0; count < 60; count += 1) await ask("/v1/events", { method: "HEAD" });
    const response = await ask("/v1/events");
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it("a path that nobody serves is named, with the reason", async () => {
    const { ask } = await openGateway();
    for (const [path, message] of [
      ["/v1/messages/batches", /"POST \/v1\/messages\/batches" here\. laplas does not speak the Message Batches API/],
      ["/v1/v1/quota", /"POST \/v1\/v1\/quota" here\. The path has "\/v1" twice/],
      ["/v1/rerank", /has nothing for reranking/],
    ] as const) {
      const response = await ask(path, { method: "POST", body: "{}" });
      expect(response.status).toBe(404);
      expect(((await response.json()) as WireError).error.message).toMatch(message);
    }
  });
});

describe("a compressed body", () => {
  const body = JSON.stringify(chat("Hello"));
  const packed = (encoding: string, bytes: BodyInit): RequestInit => ({
    method: "POST",
    body: bytes,
    headers: { "content-encoding": encoding },
  });

  it("is read wherever one is", async () => {
    const { ask, sandbox } = await openGateway();
    expect((await ask("/v1/chat/completions", packed("gzip", gzipSync(body)))).status).toBe(200);
    expect((await ask("/v1/chat/completions", packed("deflate", deflateSync(body)))).status).toBe(200);
    const check = await ask("/v1/check", packed("x-gzip", gzipSync(body)));
    expect(await check.json()).toMatchObject({ verdict: "pass" });
    const image = gzipSync(JSON.stringify({ model: "flux/schnell", prompt: "a cat" }));
    expect((await ask("/v1/images/generations", packed("gzip", image))).status).toBe(200);
    expect(sandbox.counts().answered).toBe(3);
  });

  it.each<[string, BodyInit, number, string]>([
    ["br", body, 415, "unsupported_encoding"],
    ["gzip", body, 400, "invalid_encoding"],
    ["gzip", gzipSync(JSON.stringify(chat("x".repeat(1_000)))), 413, "body_over_limit"],
  ])("in %s that can't be read is refused", async (encoding, bytes, status, code) => {
    const { ask, sandbox } = await openGateway({ maxBodyBytes: 1_000 });
    const response = await ask("/v1/chat/completions", packed(encoding, bytes));
    expect([response.status, ((await response.json()) as WireError).error.code]).toEqual([status, code]);
    expect(response.headers.get("accept-encoding")).toBe(status === 415 ? "gzip, deflate" : null);
    expect(sandbox.counts().received).toBe(0);
  });
});

describe("a check", () => {
  it("says what a call would meet, and spends nothing", async () => {
    const { ask, sandbox } = await openGateway();
    expect(await (await ask("/v1/check", post(chat("Hello", { max_tokens: 4_000 })))).json()).toEqual({
      object: "check",
      verdict: "pass",
      model: "gpt-4o-mini",
      provider: "laplas",
      adjusted: ["max_tokens=512"],
      cost: { expected: expect.any(Number), worst: expect.any(Number) },
      long_answer: null,
      position: null,
      wait_ms: null,
      error: null,
    });
    const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
    const refused = await ask("/v1/check", post({ model: "gpt-4o", messages: [{ role: "user", content: [image] }] }));
    expect(await refused.json()).toMatchObject({
      verdict: "refuse",
      cost: null,
      error: { code: "image_input", retryable: false, retry_after_ms: null, resets_at: null, rule: "image_input" },
    });
    expect(sandbox.counts().received).toBe(0);
  });

  it("answers many at once, in their order", async () => {
    const { ask } = await openGateway();
    const requests = [chat("Hello"), { model: "veo2", messages: [] }, { model: "flux/schnell", prompt: "a cat", n: 2 }];
    const { results } = (await (await ask("/v1/check", post({ requests }))).json()) as { results: object[] };
    expect(results).toMatchObject([
      { verdict: "pass", adjusted: ["max_tokens=512"] },
      { verdict: "refuse", error: {} },
      { verdict: "pass", adjusted: ["n=2_requests"] },
    ]);
  });

  test.each([
    ["{", "not JSON"],
    ['{"requests": 7}', "list"],
    [JSON.stringify({ requests: Array.from({ length: 201 }, () => ({})) }), "at most 200"],
  ])("of %.20s is a 400", async (body, message) => {
    const { ask } = await openGateway();
    const response = await ask("/v1/check", post(body));
    expect(response.status).toBe(400);
    expect(((await response.json()) as WireError).error.message).toContain(message);
  });

  it("of nonsense is a refusal like the call's own", async () => {
    const { ask } = await openGateway();
    expect(await (await ask("/v1/check", post("[]"))).json()).toMatchObject({
      verdict: "refuse",
      error: { code: "invalid_request" },
    });
  });
});

describe("pictures", () => {
  const imagen = { model: "imagen-3.0-generate-002", prompt: "a red boat on the sea" };

  it("have the form that was asked for, whatever form the model draws in", async () => {
    const { ask } = await openGateway();
    const draw = async (body: object) => {
      const answer = await ask("/v1/images/generations", post({ prompt: "a boat", ...body }));
      expect(answer.status).toBe(200);
      const { data } = (await answer.json()) as { data: { url?: string; b64_json?: string }[] };
      return { image: data[0] ?? {}, adjusted: answer.headers.get("x-laplas-adjusted") ?? "" };
    };
    const flux = await draw({ model: "flux/schnell", response_format: "b64_json", quality: "auto" });
    expect(
      Buffer.from(flux.image.b64_json ?? "", "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expect(flux.image).not.toHaveProperty("url");
    expect(flux.adjusted).toContain("response_format=fetched");
    expect(flux.adjusted).toContain("quality=removed");
    const dalle = await draw({ model: "dall-e-2", response_format: "url", size: "auto" });
    expect(dalle.image).toMatchObject({ url: expect.stringMatching(/^http/) });
  });

  it("get an address where the model gave data although an address was asked for", async () => {
    const png = Buffer.from("89504e470d0a1a0a0000000d", "hex");
    const answer = JSON.stringify({ data: [{ b64_json: png.toString("base64") }], usage: { total_tokens: 1 } });
    const { ask } = await openGateway({}, { fetch: async () => new Response(answer) });
    const body = { model: "dall-e-2", prompt: "a boat", size: "512x512", response_format: "url" };
    const { data } = (await (await ask("/v1/images/generations", post(body))).json()) as { data: { url: string }[] };
    expect(data).toEqual([{ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4114\/images\/\w+\.png$/) }]);
    const picture = await ask(new URL(data[0]?.url ?? "").pathname);
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(png);
  });

  it("that come as data get an address, which shows them", async () => {
    const { ask } = await openGateway();
    const answer = await ask("/v1/images/generations", post({ ...imagen, convert_base64_to_url: false }));
    const { data } = (await answer.json()) as { data: { url?: string; b64_json?: string }[] };
    expect(data[0]).not.toHaveProperty("b64_json");
    expect(data[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:4114\/images\/[\da-f]{32}\.png$/);
    const picture = await ask(new URL(data[0]?.url ?? "").pathname);
    expect(picture.headers.get("content-type")).toBe("image/png");
    expect(picture.headers.get("x-content-type-options")).toBe("nosniff");
    expect(
      Buffer.from(await picture.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  });

  it("have the public address where there is one", async () => {
    const { ask } = await openGateway({ publicURL: "https://laplas.example.com/" });
    const answer = await ask("/v1/images/generations", post({ ...imagen, convert_base64_to_url: false }));
    expect(await answer.text()).toContain('"url":"https://laplas.example.com/images/');
  });

  it("asked for as data stay data, and addresses stay as they are", async () => {
    const { ask, sandbox } = await openGateway();
    const data = await ask("/v1/images/generations", post({ ...imagen, response_format: "b64_json" }));
    expect(await data.json()).toMatchObject({ data: [{ b64_json: expect.any(String) }] });
    const linked = await ask("/v1/images/generations", post({ model: "flux/schnell", prompt: "a cat" }));
    expect(await linked.text()).toContain(`${sandbox.url}/images/`);
    expect(linked.headers.get("x-laplas-api-tokens")).toBe("512");
  });

  it("that are not there are a 404, and a refused call keeps nothing", async () => {
    const { ask } = await openGateway();
    expect((await ask("/images/0123456789abcdef0123456789abcdef.png")).status).toBe(404);
    expect((await ask("/v1/images/generations", post("{"))).status).toBe(400);
    expect((await ask("/v1/images/generations", post({ model: "veo2", prompt: "a" }))).status).toBe(404);
  });
});

describe("access", () => {
  test.each([
    ["no token", {}],
    ["a wrong token", { authorization: "Bearer token-of-mallory-00" }],
    ["another scheme", { authorization: `Basic ${TOKEN}` }],
    ["a token with more behind it", { authorization: `Bearer ${TOKEN}x` }],
    ["the upstream's key", { authorization: `Bearer ${API_KEY}` }],
  ])("%s is a 401, and nothing is sent", async (_, headers) => {
    const { ask, sandbox } = await openGateway({ clients });
    const response = await ask("/v1/chat/completions", post(chat("Hello"), headers));
    expect([response.status, response.headers.get("retry-after"), response.headers.get("x-should-retry")]).toEqual([
      401,
      "300",
      "false",
    ]);
    expect(await response.json()).toMatchObject({ error: { type: "authentication_error", code: "invalid_api_key" } });
    for (const path of ["/v1/models", "/v1/quota", "/nowhere"]) expect((await ask(path, { headers })).status).toBe(401);
    for (const path of ["/health", "/ready"]) expect((await ask(path, { headers })).status).toBe(200);
    expect(sandbox.counts().received).toBe(0);
  });

  it("is by name: the log says who called, never with what", async () => {
    const { ask, lines } = await openGateway({ clients });
    await ask("/v1/chat/completions", post(chat("a heron"), { authorization: `Bearer ${TOKEN}` }));
    await ask("/v1/models?key=secret", { headers: { authorization: `bearer  ${OTHER} ` } });
    await ask("/v1/models");
    expect(lines).toMatchObject([
      { message: "call", client: "alice", path: "/v1/chat/completions", outcome: "answered" },
      { message: "request", client: "bob", path: "/v1/models", status: 200 },
      { message: "request", path: "/v1/models", status: 401 },
    ]);
    for (const secret of [TOKEN, OTHER, "heron", "secret", API_KEY])
      expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test.each([
    ["127.0.0.1:4114", 200],
    ["[::1]:4114", 200],
    ["localhost", 200],
    ["LOCALHOST:80", 200],
    ["192.168.7.9:4114", 200],
    ["app.localhost", 200],
    ["gateway:4114", 200],
    ["evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example:4114", 403],
    ["evil.example:127.0.0.1", 403],
  ])("by the name %s is answered with %i", async (host, status) => {
    const { ask } = await openGateway({ allowedHosts: ["Gateway"] });
    expect((await ask("/v1/models", { headers: { host } })).status).toBe(status);
  });

  test.each([
    ["https://app.example.com", 200],
    ["http://127.0.0.1:4114", 200],
    ["https://evil.example", 403],
    ["http://127.0.0.1:9999", 403],
    ["null", 403],
    ["https://app.example.com.evil.example", 403],
  ])("from a page of %s is answered with %i", async (origin, status) => {
    const { ask, sandbox } = await openGateway({ allowedOrigins: ["https://app.example.com/"] });
    const response = await ask("/v1/chat/completions", post(chat("Hello"), { origin }));
    expect(response.status).toBe(status);
    expect(sandbox.counts().received).toBe(status === 200 ? 1 : 0);
  });

  test.each([
    ["POST", "cross-site", {}, 403],
    ["POST", "same-site", {}, 403],
    ["DELETE", "cross-site", {}, 403],
    ["POST", "cross-site", { origin: "https://app.example.com" }, 200],
    ["POST", "same-origin", {}, 200],
    ["POST", "none", {}, 200],
    ["GET", "cross-site", {}, 200],
  ])("by %s of a page, %s and without more than %j, is answered with %i", async (method, site, headers, status) => {
    const { ask, sandbox } = await openGateway({ allowedOrigins: ["https://app.example.com"] });
    const path = method === "GET" ? "/v1/models" : "/v1/chat/completions";
    const sent = { ...headers, "sec-fetch-site": site };
    const response = await ask(path, method === "POST" ? post(chat("Hello"), sent) : { method, headers: sent });
    expect(response.status).toBe(status);
    if (status === 403) expect(await response.json()).toMatchObject({ error: { code: "origin_not_allowed" } });
    expect(sandbox.counts().received).toBe(status === 200 && method === "POST" ? 1 : 0);
  });

  it("with wrong tokens becomes slow, but for a client that is known there", async () => {
    const naps: { ms: number; wake: () => void }[] = [];
    const sleep = (ms: number): Promise<void> => new Promise((wake) => naps.push({ ms, wake }));
    const { ask } = await openGateway({ clients, sleep });
    const as = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });
    expect((await ask("/v1/models", as(TOKEN))).status).toBe(200);
    for (let count = 0; count < 10; count += 1) expect((await ask("/v1/models", as("wrong"))).status).toBe(401);
    const slow = [ask("/v1/models", as("wrong")), ask("/v1/models", as(OTHER))];
    // Neither a known client nor a request that shows no token is a guess.
    expect((await ask("/v1/models", as(TOKEN))).status).toBe(200);
    expect((await ask("/v1/models")).status).toBe(401);
    expect((await ask("/health", as("wrong"))).status).toBe(200);
    expect(naps.map(({ ms }) => ms)).toEqual([250, 250]);
    for (const { wake } of naps) wake();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([401, 200]);
    expect((await ask("/v1/models", as(OTHER))).status).toBe(200);
    const crowd = Array.from({ length: 1_000 }, () => ask("/v1/models", as("wrong")));
    const refused = await ask("/v1/models", as("wrong"));
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    for (const { wake } of naps) wake();
    expect(new Set((await Promise.all(crowd)).map(({ status }) => status))).toEqual(new Set([401]));
  });

  it("has CORS headers for the pages that are listed, and for no other", async () => {
    const listed = await openGateway({ allowedOrigins: ["https://app.example.com"], clients });
    const preflight = {
      method: "OPTIONS",
      headers: { origin: "https://app.example.com", "access-control-request-method": "POST" },
    };
    const allowed = await listed.ask("/v1/chat/completions", preflight);
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://app.example.com");
    const none = await openGateway();
    const same = await none.ask("/v1/models", { headers: { origin: "http://127.0.0.1:4114" } });
    expect([...same.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    const refused = await none.ask("/v1/models", preflight);
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  it("of a body over the limit is refused, stated or counted", async () => {
    const { ask, sandbox } = await openGateway({ maxBodyBytes: 1_000 });
    const body = JSON.stringify(chat("x".repeat(1_000)));
    const stated = await ask("/v1/chat/completions", post(body, { "content-length": String(body.length) }));
    const headers = { "transfer-encoding": "chunked" };
    const counted = await ask("/v1/chat/completions", post(body, headers));
    for (const response of [stated, counted]) {
      expect([response.status, response.headers.get("connection")]).toEqual([413, "close"]);
      expect(await response.json()).toMatchObject({ error: { code: "body_over_limit" } });
    }
    expect(sandbox.counts().received).toBe(0);
    expect((await ask("/v1/chat/completions", post(chat("Hello"), headers))).status).toBe(200);
  });
});

describe("the log", () => {
  it("has one line for each request, a stream's at its end", async () => {
    const { ask, lines } = await openGateway();
    const stream = await ask("/v1/chat/completions", post(chat("Hello", { stream: true, max_tokens: 900 })));
    await stream.text();
    await ask("/v1/chat/completions", post("{"));
    await ask("/v1/quota");
    expect(lines).toMatchObject([
      {
        level: "info",
        message: "call",
        streamed: true,
        outcome: "answered",
        apiTokens: 16,
        adjusted: ["max_tokens=512"],
      },
      { level: "info", message: "request", status: 400 },
      { level: "info", message: "request", status: 200 },
    ]);
    expect(lines.map(({ requestId }) => requestId)).toEqual(Array.from({ length: 3 }, () => expect.any(String)));
  });

  it("warns of failures, and tells of a defect by where it was thrown", async () => {
    const { ask, lines, sandbox } = await openGateway({}, { maxRetries: 0 });
    sandbox.fault({ kind: "serverError" });
    await ask("/v1/chat/completions", post(chat("Hello")));
    expect(lines).toMatchObject([{ level: "warn", message: "call", outcome: "failed", code: "unavailable" }]);
    const broken = await openGateway({}, { ledger: { reserve: 1, settle: 1, teach: 1 } as never });
    await broken.ask("/v1/quota");
    expect(broken.lines).toMatchObject([{ level: "error", message: "defect", error: "TypeError", path: "/v1/quota" }]);
    expect(JSON.stringify(broken.lines[0]?.stack)).toContain("status");
    expect(broken.lines).toHaveLength(1);
  });
});
