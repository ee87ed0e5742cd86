import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type PresetOptions, type PresetSandbox } from "../index.js";
import { eventsOf } from "../testing/client.js";
import { chat, chatBody, chats, request, weatherTool } from "../testing/preset-client.js";

const start = Date.UTC(2026, 10, 28, 22);
const midnight = Date.UTC(2026, 10, 29);
const one = "openai/gpt-oss-120b:free";
const other = "openai/gpt-oss-20b:free";

let sandbox: PresetSandbox;
afterEach(() => sandbox.close());

async function open(options: Partial<PresetOptions> = {}): Promise<PresetSandbox> {
  sandbox = await createSandbox({ preset: "openrouter", clock: { start, frozen: true }, ...options });
  return sandbox;
}

/** So many chats, at most 20 a minute. */
async function spread(count: number): Promise<number[]> {
  const statuses: number[] = [];
  for (let left = count; left > 0; left -= 20) {
    statuses.push(...(await chats(sandbox, Math.min(left, 20))));
    sandbox.clock.advance(60_000);
  }
  return statuses;
}

const rateHeaders = (headers: Headers) => [...headers].filter(([name]) => name.startsWith("x-ratelimit"));

describe("a minute", () => {
  it("holds 20 requests of all free models together", async () => {
    await open();
    expect(await chats(sandbox, 10, { model: one })).toEqual(Array(10).fill(200));
    sandbox.clock.advance(10_000);
    expect(await chats(sandbox, 11, { model: other })).toEqual([...Array(10).fill(200), 429]);
    const { json, headers } = await chat(sandbox);
    const rates = {
      "X-RateLimit-Limit": "20",
      "X-RateLimit-Remaining": "0",
      "X-RateLimit-Reset": String(start + 60_000),
    };
    expect(json.error).toMatchObject({
      code: 429,
      message: "Rate limit exceeded: free-models-per-min. ",
      metadata: { headers: rates, limit_source: "openrouter_free_models_per_min" },
    });
    for (const [name, value] of Object.entries(rates)) expect(headers.get(name)).toBe(value);
    sandbox.clock.set(start + 59_999);
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(start + 60_000);
    expect(await chats(sandbox, 11)).toEqual([...Array(10).fill(200), 429]);
  });

  it("may be the clock's", async () => {
    await open({ minute: "calendar", clock: { start: start + 59_000, frozen: true } });
    expect(await chats(sandbox, 21)).toEqual([...Array(20).fill(200), 429]);
    sandbox.clock.set(start + 60_000);
    expect(await chats(sandbox, 20)).toEqual(Array(20).fill(200));
  });
});

describe("a day", () => {
  it("holds 50 until midnight UTC; its 429 alone has headers, in epoch milliseconds", async () => {
    await open();
    const { headers: before } = await chat(sandbox);
    expect(rateHeaders(before)).toEqual([]);
    sandbox.clock.advance(60_000);
    expect(await spread(49)).toEqual(Array(49).fill(200));
    const { status, json, headers } = await chat(sandbox, { model: other });
    expect(status).toBe(429);
    expect(json.error.message).toBe(
      "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day",
    );
    expect(json.error.metadata).toMatchObject({
      headers: { "X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": String(midnight) },
      limit_source: "openrouter_free_tier_daily",
    });
    expect(headers.get("x-ratelimit-reset")).toBe(String(midnight));
    sandbox.clock.set(midnight - 1);
    expect((await chat(sandbox)).status).toBe(429);
    sandbox.clock.set(midnight);
    expect((await chat(sandbox)).status).toBe(200);
  });

  it("holds 1000 once credits were bought", async () => {
    await open({ boughtCredits: true, limits: { "*": { requests_minute: 2000 } } });
    const statuses = await chats(sandbox, 1001);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1000);
    expect((await chat(sandbox)).json.error.message).toBe("Rate limit exceeded: free-models-per-day-high-balance. ");
  });

  it("counts what the minute refuses, but no body that is wrong", async () => {
    await open();
    await chats(sandbox, 22);
    await chat(sandbox, { messages: [] });
    expect((await request(sandbox, "/key")).json.data.free_model_daily_requests).toEqual({
      limit: 50,
      remaining: 28,
      used: 22,
    });
  });
});

describe("a host that fails", () => {
  it("says so in metadata, without headers, and its attempts count", async () => {
    await open({ hostFails: (_, attempt) => (attempt % 2 === 1 ? "rateLimited" : undefined) });
    expect(await chats(sandbox, 4)).toEqual([200, 429, 200, 429]);
    sandbox.clock.advance(1);
    await chat(sandbox);
    const { status, json, headers } = await chat(sandbox);
    expect(status).toBe(429);
    expect(rateHeaders(headers)).toEqual([]);
    expect(json.error).toMatchObject({
      message: "Provider returned error",
      code: 429,
      metadata: { raw: expect.stringContaining("is temporarily rate-limited upstream"), provider_name: "SandboxHost" },
    });
    expect(json.error.metadata).not.toHaveProperty("headers");
    expect(sandbox.counts()).toMatchObject({ answered: 3, faulted: 3, refused: 0 });
    expect(sandbox.requests.at(-1)?.reason).toBe("host_rateLimited");
    expect(sandbox.windows(one).map(({ used }) => used)).toEqual([6, 6]);
  });

  it("counts as a fault over a socket too", async () => {
    await open({ hostFails: () => "rateLimited" });
    const { status } = await request(sandbox, "/chat/completions", { body: chatBody(sandbox), via: fetch });
    await sandbox.idle();
    expect([status, sandbox.counts()]).toMatchObject([429, { answered: 0, refused: 0, faulted: 1 }]);
    expect(sandbox.requests[0]).toMatchObject({ outcome: "faulted", reason: "host_rateLimited", apiTokens: 0 });
  });

  it("may be down, or fail inside a 200", async () => {
    await open({ hostFails: (_, attempt) => (["down", "inside", "inside"] as const)[attempt] });
    const down = await chat(sandbox);
    expect([down.status, down.json.error.code]).toEqual([502, 502]);
    const inside = await chat(sandbox);
    expect([inside.status, inside.json.error.code]).toEqual([200, 502]);
    expect(inside.json).not.toHaveProperty("choices");
    const stream = await chat(sandbox, { stream: true });
    const events = eventsOf(stream.text);
    expect(stream.status).toBe(200);
    expect(JSON.parse(events.at(-1) ?? "")).toMatchObject({
      error: { code: 502, message: "Provider returned error" },
      choices: [{ finish_reason: "error" }],
    });
    expect(JSON.parse(events[1] ?? "").choices[0].delta.content).toMatch(/./);
    expect(sandbox.counts()).toMatchObject({ answered: 0, faulted: 3 });
  });
});

describe("money", () => {
  it("is asked for by models with a price, which stand in the list beside the free ones", async () => {
    await open();
    const { json } = await request(sandbox, "/models", { apiKey: "" });
    const priceOf = (id: string) => json.data.find((row: { id: string }) => row.id === id).pricing;
    expect(priceOf(one)).toMatchObject({ prompt: "0", completion: "0" });
    expect(Number(priceOf("openai/gpt-oss-120b").prompt)).toBeGreaterThan(0);
    const { status, json: refusal } = await chat(sandbox, { model: "openai/gpt-oss-120b" });
    expect(status).toBe(402);
    expect(refusal.error).toMatchObject({ code: 402, metadata: { limit_source: "openrouter_credits" } });
    expect((await chat(sandbox)).status).toBe(200);
  });

  it("is asked for by every model on a negative balance", async () => {
    await open({ balanceUsd: -0.01 });
    expect((await chat(sandbox)).status).toBe(402);
    expect(sandbox.requests.at(-1)).toMatchObject({ outcome: "refused", reason: "payment" });
  });

  it("pays for a model with a price where there is some", async () => {
    await open({ balanceUsd: 5 });
    expect((await chat(sandbox, { model: "openai/gpt-oss-120b" })).status).toBe(200);
    expect(sandbox.windows(one).every(({ used }) => used === 0)).toBe(true);
  });
});

it("reports the day at /key, to a key alone", async () => {
  await open({ apiKeys: ["key"] });
  await chats(sandbox, 3);
  const { status, json } = await request(sandbox, "/key");
  expect(status).toBe(200);
  expect(json.data).toMatchObject({
    limit: null,
    limit_remaining: null,
    is_free_tier: true,
    free_model_daily_requests: { limit: 50, remaining: 47, used: 3 },
  });
  expect(await request(sandbox, "/key", { apiKey: "other" })).toMatchObject({
    status: 401,
    json: { error: { code: 401, message: "User not found." } },
  });
  expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 1 });
});

it("overlooks unknown keys, and says which model is none or takes no tools", async () => {
  await open();
  expect((await chat(sandbox, { store: false, reasoning: { effort: "low" }, foo: 1 })).status).toBe(200);
  expect((await chat(sandbox, { model: "foo:free" })).json.error).toMatchObject({
    code: 400,
    message: "foo:free is not a valid model ID",
  });
  const toolless = await chat(sandbox, { model: "google/gemma-4-31b-it:free", tools: [weatherTool] });
  expect([toolless.status, toolless.json.error.message]).toEqual([404, "No endpoints found that support tool use."]);
});

it("names its host in every answer, and ends a stream with its usage", async () => {
  await open();
  expect((await chat(sandbox)).json.provider).toBe("SandboxHost");
  const events = eventsOf((await chat(sandbox, { stream: true })).text);
  expect(events.at(-1)).toBe("[DONE]");
  expect(JSON.parse(events.at(-2) ?? "")).toMatchObject({
    provider: "SandboxHost",
    usage: { prompt_tokens: expect.any(Number) },
  });
});
