import { describe, expect, it, test } from "vitest";
import type { GatewayOptions } from "./gateway-options.js";
import { API_KEY, openGateway, post } from "./testing/open-gateway.js";

const TOKEN = "token-of-alice-91c2";
const CLIENTS = [{ name: "alice", token: TOKEN }];
const VERSION = { "anthropic-version": "2023-06-01" };
const body = { model: "gpt-4o-mini", max_tokens: 100, messages: [{ role: "user", content: "Hello" }] };

/** Anthropic's shape and no other. */
function errorOf(type: string, message: RegExp): object {
  return { type: "error", error: { type, message: expect.stringMatching(message) } };
}

describe("POST /v1/messages at the gateway", () => {
  test.each([
    ["x-api-key", { "x-api-key": TOKEN }],
    ["a bearer token", { authorization: `Bearer ${TOKEN}` }],
    ["either of two", { "x-api-key": TOKEN, authorization: "Bearer sk-ant-of-somebody" }],
    ["the other of two", { "x-api-key": "sk-ant-of-somebody", authorization: `Bearer ${TOKEN}` }],
  ])("takes a client's token as %s", async (_, headers) => {
    const { ask, lines } = await openGateway({ clients: CLIENTS });
    const response = await ask("/v1/messages?beta=true", post(body, { ...VERSION, ...headers }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ type: "message", stop_reason: "end_turn" });
    expect(lines).toContainEqual(expect.objectContaining({ client: "alice", path: "/v1/messages" }));
    expect(JSON.stringify(lines)).not.toContain(TOKEN);
  });

  test.each([
    ["no token", {}],
    ["a wrong key", { "x-api-key": "token-of-mallory-00" }],
    ["the upstream's key", { "x-api-key": API_KEY }],
    ["an empty key", { "x-api-key": "" }],
  ])("refuses %s in Anthropic's words, and sends nothing", async (_, headers) => {
    const { ask, sandbox } = await openGateway({ clients: CLIENTS });
    for (const path of ["/v1/messages", "/v1/messages/count_tokens", "/v1/messages/"]) {
      const response = await ask(path, post(body, headers));
      expect(response.status).toBe(401);
      expect(await response.json()).toEqual(errorOf("authentication_error", /x-api-key: <token>/));
      expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id"));
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it("slows down wrong keys as it does wrong bearer tokens", async () => {
    const waits: number[] = [];
    const sleep = async (ms: number) => void waits.push(ms);
    const { ask } = await openGateway({ clients: CLIENTS, sleep });
    for (let count = 0; count < 12; count += 1)
      await ask("/v1/messages", post(body, { "x-api-key": `wrong-${count}` }));
    expect(waits.length).toBeGreaterThan(0);
    const before = waits.length;
    await ask("/v1/messages", post(body));
    expect(waits.length).toBe(before);
  });

  test.each<[string, Partial<GatewayOptions>, Record<string, string>, number, string, RegExp]>([
    ["a strange host", {}, { host: "evil.example" }, 403, "permission_error", /Host/],
    ["a page of somebody's", {}, { origin: "https://evil.example" }, 403, "permission_error", /allowedOrigins/],
    ["a body that is too large", {}, { "content-length": "20000001" }, 413, "request_too_large", /more bytes/],
    ["an unknown encoding", {}, { "content-encoding": "br" }, 415, "invalid_request_error", /Content-Encoding/],
  ])("refuses %s in Anthropic's words", async (_, options, headers, status, type, message) => {
    const { ask } = await openGateway(options);
    const response = await ask("/v1/messages", post(body, headers));
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(errorOf(type, message));
    const atChat = await ask("/v1/chat/completions", post(body, headers));
    expect(await atChat.json()).toMatchObject({ error: { code: expect.any(String), param: null } });
  });

  it("asks to come later in Anthropic's words while it stops", async () => {
    const { ask, gateway } = await openGateway();
    gateway.stop();
    const response = await ask("/v1/messages", post(body));
    expect(await response.json()).toEqual(errorOf("overloaded_error", /being stopped/));
    expect(response.headers.get("retry-after")).toBe("2");
  });

  it("speaks Anthropic's words at other paths to those who say so", async () => {
    const { ask } = await openGateway({ clients: CLIENTS });
    const models = await ask("/v1/models", { headers: VERSION });
    expect(await models.json()).toEqual(errorOf("authentication_error", /token/));
    const unknown = await ask("/v1/messages/batches", post({}, { ...VERSION, "x-api-key": TOKEN }));
    expect([unknown.status, await unknown.json()]).toEqual([404, errorOf("not_found_error", /Message Batches/)]);
  });

  it("keeps why a call was refused for the page", async () => {
    const { ask } = await openGateway();
    await ask("/v1/messages", post({ ...body, model: "nope" }));
    const feed = await ask("/v1/events");
    const reader = feed.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await reader?.read();
    await reader?.cancel();
    expect(first?.value).toMatch(/"code":"model_not_on_tier"/);
    expect(first?.value).toMatch(/nope/);
  });
});
