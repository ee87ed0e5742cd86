import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createSandbox, paidRules, type Sandbox, type SandboxOptions } from "./index.js";
import { helloSamples } from "./models/hello-samples.js";
import { chat, eventsOf, openStream, post } from "./testing/client.js";

let sandbox: Sandbox;
afterEach(() => sandbox.close());

async function start(options?: SandboxOptions): Promise<Sandbox> {
  sandbox = await createSandbox(options);
  return sandbox;
}

const noon = Date.UTC(2025, 3, 16, 12);
const hour = 3_600_000;

describe("a chat answer", () => {
  it("comes with 201, the published usage, and is charged", async () => {
    await start();
    const { status, json } = await chat(sandbox, "Hello");
    expect(status).toBe(201);
    expect(json).toMatchObject({
      object: "chat.completion",
      model: "gpt-4o-mini-2024-07-18",
      system_fingerprint: "sandbox",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant" } }],
      usage: { prompt_tokens: 3, completion_tokens: 13, total_tokens: 16 },
    });
    expect(sandbox.used("key")).toBe(16);
    expect(sandbox.used("other")).toBe(0);
    expect(sandbox.counts()).toEqual({ received: 1, answered: 1, refused: 0, probe: 0, faulted: 0 });
  });

  it("costs what was published for Hello on every model that has a figure", async () => {
    await start({ rules: paidRules });
    for (const [model, sample] of helloSamples) {
      const { json } = await chat(sandbox, "Hello", { model });
      const { promptApiTokens, completionApiTokens } = sample;
      expect([model, json.usage.prompt_tokens, json.usage.completion_tokens]).toEqual([
        model,
        promptApiTokens,
        completionApiTokens,
      ]);
      expect(json.usage.total_tokens).toBe(promptApiTokens + completionApiTokens);
    }
  });

  it("reaches the exact published figures of gpt-4 by its rates alone", async () => {
    await start({ rules: paidRules });
    const { json } = await chat(sandbox, "hello", { model: "gpt-4" });
    expect(json.usage).toMatchObject({ prompt_tokens: 504, completion_tokens: 1260, total_tokens: 1764 });
  });

  it("is found without /v1 as well", async () => {
    await start();
    const response = await fetch(`${sandbox.url}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: JSON.stringify({ model: "o1", messages: [{ role: "user", content: "Hello" }] }),
    });
    expect(response.status).toBe(201);
  });

  it("is cut at the cap, which is 512 when the body names none", async () => {
    await start({ rules: { dailyApiTokens: null } });
    const long = "Write 2000 words about the sea.";
    const uncapped = await chat(sandbox, long);
    expect(uncapped.json.choices[0].finish_reason).toBe("length");
    expect(uncapped.json.usage.completion_tokens).toBe(Math.round(512 * 1.26));
    const capped = await chat(sandbox, long, { max_completion_tokens: 20 });
    expect(capped.json.choices[0].message.content).toHaveLength(80);
  });

  it("ends at a stop sequence", async () => {
    await start();
    const { json } = await chat(sandbox, "Count to 9", { stop: [", 4"] });
    expect(json.choices[0]).toMatchObject({ message: { content: "1, 2, 3" }, finish_reason: "stop" });
  });

  it("shows raw tokens and meta when the later usage is asked for", async () => {
    await start({ usage: "meta" });
    const { json } = await chat(sandbox, "Hello", { model: "gpt-4" });
    expect(json.usage).toMatchObject({ prompt_tokens: 8, completion_tokens: 10, total_tokens: 18 });
    expect(json.meta).toEqual({ usage: { tokens_used: 1764 } });
    expect(sandbox.used()).toBe(1764);
  });
});

describe("the daily budget", () => {
  it("lets a request in while it is not spent, whatever the request costs", async () => {
    await start({ rules: { dailyApiTokens: 17 } });
    expect((await chat(sandbox, "Hello")).status).toBe(201);
    expect((await chat(sandbox, "Hello")).status).toBe(201);
    expect(sandbox.used("key")).toBe(32);
    const refused = await chat(sandbox, "Hello");
    expect(refused.status).toBe(403);
    expect(refused.json.message).toContain("[plan.rule:api_token]");
    expect(Object.keys(refused.json)).toEqual(["message", "path", "requestId", "statusCode", "timestamp"]);
    expect(refused.json).toMatchObject({ path: "/v1/chat/completions", statusCode: 403 });
    expect(sandbox.requests.at(-1)).toMatchObject({ outcome: "refused", reason: "daily_quota", status: 403 });
  });

  it("is spent at exactly its limit", async () => {
    await start({ rules: { dailyApiTokens: 16 } });
    await chat(sandbox, "Hello");
    expect((await chat(sandbox, "Hello")).status).toBe(403);
  });

  it("is kept per key", async () => {
    await start({ rules: { dailyApiTokens: 1 } });
    await chat(sandbox, "Hello");
    expect((await chat(sandbox, "Hello", {}, "another")).status).toBe(201);
  });

  it("once spent, is refused to models that cost nothing as well, unless the rules let them", async () => {
    await start({ rules: { dailyApiTokens: 1 } });
    await chat(sandbox, "Hello");
    expect((await chat(sandbox, "Hello", { model: "google/gemma-3-27b-it" })).status).toBe(403);
    await sandbox.close();
    await start({ rules: { dailyApiTokens: 1, zeroCostWhenSpent: true } });
    await chat(sandbox, "Hello");
    expect((await chat(sandbox, "Hello", { model: "google/gemma-3-27b-it" })).status).toBe(201);
  });

  it("comes back at the hour of its reset", async () => {
    await start({ rules: { dailyApiTokens: 1, resetHourUtc: 14 }, clock: { start: noon, frozen: true } });
    await chat(sandbox, "Hello");
    sandbox.clock.advance(2 * hour - 1);
    expect((await chat(sandbox, "Hello")).status).toBe(403);
    sandbox.clock.advance(1);
    expect(sandbox.used()).toBe(0);
    expect((await chat(sandbox, "Hello")).status).toBe(201);
  });

  it("counts a rolling window from the end of each request", async () => {
    const rollingWindow = { apiTokens: 16, spanMs: hour };
    await start({ rules: { rollingWindow }, clock: { start: noon, frozen: true } });
    await chat(sandbox, "Hello");
    sandbox.clock.advance(hour - 1);
    expect((await chat(sandbox, "Hello")).status).toBe(403);
    sandbox.clock.advance(1);
    expect((await chat(sandbox, "Hello")).status).toBe(201);
  });
});

describe("counting probes", () => {
  const spent = { rules: { dailyApiTokens: 1, resetHourUtc: 6 }, clock: { start: noon, frozen: true } };
  const outcomes = () => sandbox.requests.map((request) => request.outcome);

  it("counts a refusal without warning as refused", async () => {
    await start(spent);
    await chat(sandbox, "Hello");
    await chat(sandbox, "Hello");
    await chat(sandbox, "Hello");
    expect(outcomes()).toEqual(["answered", "refused", "refused"]);
  });

  it("counts one probe at midnight UTC and none beside it", async () => {
    await start(spent);
    await chat(sandbox, "Hello");
    sandbox.clock.set(Date.UTC(2025, 3, 16, 23, 30));
    await chat(sandbox, "Hello");
    sandbox.clock.set(Date.UTC(2025, 3, 17, 0, 0, 1));
    await chat(sandbox, "Hello");
    await chat(sandbox, "Hello");
    expect(outcomes()).toEqual(["answered", "refused", "probe", "refused"]);
    expect(sandbox.counts()).toMatchObject({ refused: 2, probe: 1 });
  });

  it("counts one probe an hour after a refusal", async () => {
    await start(spent);
    await chat(sandbox, "Hello");
    await chat(sandbox, "Hello");
    sandbox.clock.advance(hour - 1);
    await chat(sandbox, "Hello");
    sandbox.clock.advance(hour);
    await chat(sandbox, "Hello");
    expect(outcomes()).toEqual(["answered", "refused", "refused", "probe"]);
  });

  it("forgets what the key was told once it is served again", async () => {
    await start(spent);
    await chat(sandbox, "Hello");
    await chat(sandbox, "Hello");
    sandbox.clock.advance(20 * hour);
    await chat(sandbox, "Hello");
    sandbox.clock.advance(2 * hour);
    await chat(sandbox, "Hello");
    expect(outcomes()).toEqual(["answered", "refused", "answered", "refused"]);
  });
});

describe("request counts", () => {
  it("answers the old hourly rule with its published 429", async () => {
    await start({ rules: { hourlyRequests: 1 }, clock: { start: noon, frozen: true } });
    await chat(sandbox, "Hello");
    const refused = await chat(sandbox, "Hello");
    expect([refused.status, refused.json.message]).toEqual([429, expect.stringContaining("free limit for the hour")]);
    sandbox.clock.advance(hour);
    expect((await chat(sandbox, "Hello")).status).toBe(201);
  });

  it("counts the requests of a day per model", async () => {
    await start({ rules: { requestsPerModelPerDay: 1 } });
    await chat(sandbox, "Hello");
    expect((await chat(sandbox, "Hello")).status).toBe(403);
    expect((await chat(sandbox, "Hello", { model: "gpt-3.5-turbo" })).status).toBe(201);
  });
});

describe("one request at a time", () => {
  it("refuses a second request of the same key while one runs, and frees the slot at its end", async () => {
    await start();
    sandbox.fault({ kind: "stall" });
    const abort = new AbortController();
    await openStream(sandbox, {}, abort.signal);
    expect(sandbox.running()).toBe(1);
    const refused = await chat(sandbox, "Hello");
    expect([refused.status, refused.json.message]).toEqual([429, "Too Many Requests"]);
    expect((await chat(sandbox, "Hello", {}, "another")).status).toBe(201);
    abort.abort();
    await sandbox.idle();
    expect((await chat(sandbox, "Hello")).status).toBe(201);
  });

  it("holds the slot of an abandoned stream until the whole answer is generated, and charges it", async () => {
    // Each chunk is a turn of the event loop that both sides share, so the answer outlasts the few turns of the refused call.
    await start({ chunkDelayMs: 8, rules: { dailyApiTokens: null } });
    const abort = new AbortController();
    await openStream(sandbox, { messages: [{ role: "user", content: "Count to 60" }] }, abort.signal);
    abort.abort();
    expect((await chat(sandbox, "Hello")).status).toBe(429);
    await sandbox.idle();
    const [first] = sandbox.requests;
    expect(first).toMatchObject({ outcome: "answered", aborted: true, streamed: true });
    expect(sandbox.used()).toBe(first?.apiTokens);
    expect(first?.apiTokens).toBeGreaterThan(50);
  });

  it("charges a plain answer whose client left before the first byte", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    await start({ latencyMs: 60_000 });
    const abort = new AbortController();
    const left = fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }),
      signal: abort.signal,
    });
    await sandbox.received();
    expect(sandbox.running()).toBe(1);
    abort.abort();
    await expect(left).rejects.toThrow();
    while (sandbox.requests[0]?.aborted !== true) await new Promise((resolve) => setImmediate(resolve));
    vi.advanceTimersByTime(60_000);
    await sandbox.idle();
    expect(sandbox.requests).toMatchObject([{ outcome: "answered", aborted: true, apiTokens: 16 }]);
    expect(sandbox.used()).toBe(16);
  });

  it("is free again for a client that has read its answer", async () => {
    await start({ rules: { dailyApiTokens: null } });
    for (let round = 0; round < 50; round += 1) await chat(sandbox, "Hello", { stream: round % 2 === 0 });
    expect(sandbox.counts()).toMatchObject({ answered: 50, refused: 0 });
  });
});

describe("the sandbox itself", () => {
  it("lists its models without a key, in the published shape", async () => {
    await start({ apiKeys: ["only-this"] });
    const list = (await (await fetch(`${sandbox.baseURL}/models`)).json()) as {
      object: string;
      data: { id: string }[];
    };
    expect(list.object).toBe("list");
    expect(list.data.find((model) => model.id === "gpt-4o-mini")).toEqual({
      id: "gpt-4o-mini",
      type: "chat-completion",
      info: { name: "gpt-4o-mini", developer: "OpenAI", contextLength: 128000 },
      features: [],
      endpoints: ["/v1/chat/completions"],
    });
  });

  it("refuses a missing and a wrong key with 401, and masks the key in the log", async () => {
    await start({ apiKeys: ["only-this"] });
    expect((await chat(sandbox, "Hello", {}, "")).status).toBe(401);
    expect((await chat(sandbox, "Hello", {}, "wrong")).status).toBe(401);
    expect((await chat(sandbox, "Hello", {}, "only-this")).status).toBe(201);
    expect(JSON.stringify(sandbox.requests)).not.toContain("only-this");
  });

  it("refuses unknown paths and models with 404", async () => {
    await start();
    expect((await post(sandbox, "/videos", {})).status).toBe(404);
    expect((await chat(sandbox, "Hello", { model: "gpt-9" })).status).toBe(404);
    expect((await post(sandbox, "/embeddings", { model: "gpt-4o", input: "x" })).status).toBe(404);
    expect(sandbox.counts()).toMatchObject({ received: 3, refused: 3 });
  });

  it("keeps the newest requests and counts them all", async () => {
    await start({ logLimit: 2, rules: paidRules });
    for (const word of ["one", "two", "three"]) await chat(sandbox, word);
    expect(sandbox.requests.map((request) => request.body)).toMatchObject([
      { messages: [{ content: "two" }] },
      { messages: [{ content: "three" }] },
    ]);
    expect(sandbox.counts().answered).toBe(3);
  });

  it("is as new after a reset", async () => {
    await start({ clock: { start: noon, frozen: true } });
    await chat(sandbox, "Hello");
    sandbox.fault({ kind: "serverError" });
    sandbox.clock.advance(hour);
    sandbox.reset();
    expect([sandbox.used(), sandbox.requests.length, sandbox.counts().received, sandbox.clock.now()]).toEqual([
      0,
      0,
      0,
      noon,
    ]);
    expect((await chat(sandbox, "Hello")).status).toBe(201);
  });

  it("ends open streams at once when it closes", async () => {
    await start({ chunkDelayMs: 60_000 });
    const { reader } = await openStream(sandbox, {});
    await sandbox.close();
    await expect(reader.read()).rejects.toThrow();
    expect(sandbox.running()).toBe(0);
  });

  it("throws on rules that make no sense", async () => {
    await start();
    await expect(createSandbox({ rules: { resetHourUtc: 24 } })).rejects.toThrow("rules.resetHourUtc");
    await expect(createSandbox({ rules: { concurrency: -1 } })).rejects.toThrow("rules.concurrency");
    await expect(createSandbox({ port: Number(new URL(sandbox.url).port) })).rejects.toThrow("EADDRINUSE");
  });
});

describe("a streamed answer", () => {
  it("begins with the role, ends with the reason, and has usage only on demand", async () => {
    await start({ rules: paidRules });
    const plain = eventsOf((await chat(sandbox, "Hello", { stream: true })).text);
    expect(plain.at(-1)).toBe("[DONE]");
    const chunks = plain.slice(0, -1).map((event) => JSON.parse(event));
    expect(chunks[0].choices[0].delta.role).toBe("assistant");
    expect(chunks.map((chunk) => chunk.choices[0].delta.content ?? "").join("")).toBe(
      "Hello there! How can I help you today?",
    );
    expect(chunks.at(-1).choices[0]).toMatchObject({ delta: {}, finish_reason: "stop" });
    expect(chunks.every((chunk) => chunk.choices.length === 1 && !("usage" in chunk))).toBe(true);

    const withUsage = eventsOf(
      (await chat(sandbox, "Hello", { stream: true, stream_options: { include_usage: true } })).text,
    );
    expect(JSON.parse(withUsage.at(-2) ?? "")).toMatchObject({ choices: [], usage: { total_tokens: 16 } });
  });

  it("puts tool calls together from pieces, and several choices in turn", async () => {
    await start({ rules: paidRules });
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [{ type: "function", function: { name: "get_weather", parameters } }];
    const text = (await chat(sandbox, "What is the weather in New York?", { stream: true, tools, n: 2 })).text;
    const chunks = eventsOf(text)
      .slice(0, -1)
      .map((event) => JSON.parse(event).choices[0]);
    for (const choice of [0, 1]) {
      const own = chunks.filter((chunk) => chunk.index === choice);
      const calls = own.flatMap((chunk) => chunk.delta.tool_calls ?? []);
      expect(calls[0]).toMatchObject({ index: 0, type: "function", function: { name: "get_weather" } });
      expect(calls.map((call) => call.function.arguments).join("")).toBe('{"city":"New York"}');
      expect(own.at(-1)?.finish_reason).toBe("tool_calls");
    }
  });
});
