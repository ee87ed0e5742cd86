import { expect, it, onTestFinished, test } from "vitest";
import { listen } from "../server/listen.js";
import { chat, openGateway, post } from "../testing/open-gateway.js";
import { createQuotaStatus } from "./quota-status.js";

const agent = { name: "agent", token: "a-token-of-the-agent", quotaStatus: 400 } as const;
const script = { name: "script", token: "a-token-of-the-script" } as const;
const opencode = { name: "opencode", token: "a-token-of-opencode", quotaStatus: 429 } as const;

const evidence = { source: "test", date: "2026-01-01", status: "assumed" } as const;
const period = { type: "day" } as const;
const day = { id: "daily_api_tokens", kind: "window", meter: "credits", limit: 16, period, evidence } as const;
const tier = { name: "small", title: "laplas free tier", extends: "free", rules: [day] } as const;

const as = ({ token }: { token: string }, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${token}`,
  ...more,
});

test.each<[string, Record<string, string>, number]>([
  ["a client that wants 400", as(agent), 400],
  ["a client that wants nothing", as(script), 429],
  ["a request that wants 400", as(script, { "x-laplas-quota-status": "400" }), 400],
  ["a request that wants 429, of a client that wants 400", as(agent, { "x-laplas-quota-status": "429" }), 429],
  ["opencode", as(script, { "user-agent": "opencode/1.18.33 ai-sdk/provider-utils/4.0.23" }), 400],
  ["opencode, whose client wants 429", as(opencode, { "user-agent": "opencode/1.18.33" }), 429],
])("a used-up day is what its caller understands: %s", async (_, headers, status) => {
  const { ask, sandbox } = await openGateway({ clients: [agent, script, opencode] }, { tier });
  expect((await ask("/v1/chat/completions", post(chat("Hello"), headers))).status).toBe(200);
  const response = await ask("/v1/chat/completions", post(chat("Hello"), headers));
  expect([response.status, response.headers.get("x-laplas-code")]).toEqual([status, "daily_quota"]);
  const { error } = (await response.json()) as { error: object };
  const message = expect.stringMatching(/^laplas free tier: daily quota used up .*It will reset at 20/);
  expect(error).toMatchObject({ code: "free_tier_daily_quota", message });
  expect(sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
});

it("holds for pictures, and where prompts are kept for the page", async () => {
  const { ask } = await openGateway({ clients: [agent], showPrompts: true }, { tier });
  expect((await ask("/v1/chat/completions", post(chat("Hello"), as(agent)))).status).toBe(200);
  const drawn = await ask("/v1/images/generations", post({ model: "flux/schnell", prompt: "A boat" }, as(agent)));
  expect([drawn.status, drawn.headers.get("x-laplas-code")]).toEqual([400, "daily_quota"]);
  expect((await ask("/v1/completions", post({ model: "gpt-4o-mini", prompt: "Hi" }, as(agent)))).status).toBe(400);
});

it.each([true, false])("holds over a socket, with stand-ins for the global objects: %s", async (replaceGlobals) => {
  const { Request: givenRequest, Response: givenResponse } = globalThis;
  const { gateway } = await openGateway({ clients: [agent] }, { tier });
  const server = await listen(gateway, { port: 0, replaceGlobals });
  onTestFinished(async () => {
    Object.assign(globalThis, { Request: givenRequest, Response: givenResponse });
    await server.close(0);
  });
  const ask = async () => (await fetch(`${server.baseURL}/chat/completions`, post(chat("Hello"), as(agent)))).status;
  expect([await ask(), await ask()]).toEqual([200, 400]);
});

it("touches no request of a client without it", () => {
  const request = new Request("http://localhost/v1/chat/completions", { method: "POST", body: "{}" });
  const give = createQuotaStatus([script]);
  expect(give(request, "script")).toBe(request);
  expect(give(request, undefined)).toBe(request);
});
