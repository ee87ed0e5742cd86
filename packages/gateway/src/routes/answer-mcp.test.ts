import { expect, it } from "vitest";
import { holdAnswer } from "../testing/hold-answer.js";
import { openGateway, post } from "../testing/open-gateway.js";
import { connectHttp } from "../testing/open-mcp.js";

const TOKEN = "a-token-of-sixteen-and-more";
const clients = [{ name: "agent", token: TOKEN }];
const JSON_TYPE = { "content-type": "application/json", accept: "application/json, text/event-stream" };
const LIST = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };

it("asks for a client's token, as every path does", async () => {
  const { gateway, ask } = await openGateway({ clients });
  expect((await ask("/mcp", post(LIST, JSON_TYPE))).status).toBe(401);
  const client = await connectHttp(gateway, { headers: { authorization: `Bearer ${TOKEN}` } });
  expect((await client.listTools()).tools).toHaveLength(5);
});

it("refuses pages of others, other names and bodies that are too large", async () => {
  const { ask } = await openGateway({ maxBodyBytes: 1_000 });
  const status = async (init: RequestInit) => (await ask("/mcp", init)).status;
  expect(await status(post(LIST, { ...JSON_TYPE, origin: "https://evil.example" }))).toBe(403);
  expect(await status(post(LIST, { ...JSON_TYPE, host: "evil.example" }))).toBe(403);
  expect(await status(post("x".repeat(1_001), JSON_TYPE))).toBe(413);
  const answer = await ask("/mcp", post(LIST, JSON_TYPE));
  expect([answer.status, answer.headers.get("x-request-id")]).toEqual([200, expect.stringMatching(/^[\da-f-]{36}$/)]);
});

it("has no sessions: GET and DELETE are refused, and what is no message is told", async () => {
  const { ask } = await openGateway();
  const got = await ask("/mcp");
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  expect((await ask("/mcp", { method: "DELETE" })).status).toBe(405);
  expect((await ask("/mcp", post("not json", JSON_TYPE))).status).toBe(400);
  expect((await ask("/mcp", post(LIST, { "content-type": "text/plain" }))).status).toBe(415);
});

it("logs a call with its path and its client", async () => {
  const { gateway, lines } = await openGateway({ clients });
  const client = await connectHttp(gateway, { headers: { authorization: `Bearer ${TOKEN}` } });
  await client.callTool({ name: "ask_model", arguments: { prompt: "Hello" } });
  const call = lines.find(({ message }) => message === "call");
  expect(call).toMatchObject({ method: "POST", path: "/mcp", client: "agent", endpoint: "chat", outcome: "answered" });
});

it("is stopped with the gateway", async () => {
  const { gateway, ask } = await openGateway();
  await connectHttp(gateway);
  gateway.stop();
  expect((await ask("/mcp", post(LIST, JSON_TYPE))).status).toBe(503);
});

it("ends its calls when the gateway is closed", async () => {
  const { gateway, laplas, sandbox } = await openGateway();
  const client = await connectHttp(gateway, { mode: { pin: "2026-07-28" } });
  const outcome = new Promise((resolve) => {
    laplas.onEvent((event) => event.type === "call" && resolve(event.outcome));
  });
  const held = holdAnswer(sandbox);
  const call = client.callTool({ name: "ask_model", arguments: { prompt: "Hello" } });
  await held.arrived;
  gateway.close();
  expect(await outcome).toBe("aborted");
  await expect(call).rejects.toThrow();
});
