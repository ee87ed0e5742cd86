import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { createSandbox, type PresetName, type PresetOptions, type PresetSandbox, presetNames } from "../index.js";
import { eventsOf } from "../testing/client.js";
import { chat, chatBody, chats, request } from "../testing/preset-client.js";

const start = Date.UTC(2026, 10, 28, 12);

let sandbox: PresetSandbox;
afterEach(() => sandbox.close());

async function open(preset: PresetName, options: Partial<PresetOptions> = {}): Promise<PresetSandbox> {
  sandbox = await createSandbox({ preset, clock: { start, frozen: true }, ...options });
  return sandbox;
}

describe.each(presetNames)("%s", (preset) => {
  it("answers the same over a socket as without one, whole and streamed", async () => {
    await open(preset);
    const texts: string[] = [];
    for (const via of [fetch, sandbox.fetch]) {
      const whole = await request(sandbox, "/chat/completions", { body: chatBody(sandbox), via });
      expect(whole.status).toBe(200);
      expect(whole.json).toMatchObject({ object: "chat.completion", choices: [{ finish_reason: "stop" }] });
      const body = chatBody(sandbox, { stream: true });
      const streamed = await request(sandbox, "/chat/completions", { body, via });
      expect(streamed.headers.get("content-type")).toMatch(/^text\/event-stream/);
      const events = eventsOf(streamed.text);
      expect(events.at(-1)).toBe("[DONE]");
      const deltas = events.slice(0, -1).map((event) => JSON.parse(event).choices[0]?.delta.content ?? "");
      texts.push(whole.json.choices[0].message.content, deltas.join(""));
    }
    expect(new Set(texts).size).toBe(1);
    expect(sandbox.counts()).toEqual({ received: 4, answered: 4, refused: 0, probe: 0, faulted: 0 });
  });

  it("keeps a log that masks keys, with the model tokens of each request", async () => {
    await open(preset);
    const { json } = await chat(sandbox);
    const [entry] = sandbox.requests;
    expect(entry).toMatchObject({ at: start, method: "POST", status: 200, outcome: "answered" });
    expect(entry?.headers.authorization).toBe("Bearer ***");
    expect(entry?.apiTokens).toBe(json.usage.total_tokens);
  });

  it("knows no other key than those it is given, and each is an account", async () => {
    await open(preset, { apiKeys: ["key", "second"] });
    expect([400, 401]).toContain((await chat(sandbox, {}, "other")).status);
    expect((await chat(sandbox, {}, "")).status).toBe(401);
    await chat(sandbox);
    await chat(sandbox, {}, "second");
    const model = sandbox.requests.at(-1)?.model ?? "";
    const requestsOf = (apiKey: string) => sandbox.windows(model, apiKey).find(({ id }) => id.startsWith("req"))?.used;
    expect([requestsOf("key"), requestsOf("second")]).toEqual([1, 1]);
  });

  it("says 404 to other paths and methods, in its words", async () => {
    await open(preset);
    for (const path of ["/nothing", "/../models", "/toString", ""]) {
      const { status, json } = await request(sandbox, path);
      expect([status, typeof json]).toEqual([404, "object"]);
    }
    expect((await request(sandbox, "/chat/completions")).status).toBe(404);
    expect((await request(sandbox, `${sandbox.url}/v9/chat/completions`, { body: chatBody(sandbox) })).status).toBe(
      404,
    );
  });

  it.each([
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "{}",
    '{"model":5,"messages":[]}',
    '{"model":"__proto__","messages":[{"role":"user","content":"Hi"}]}',
    `${"[".repeat(5000)}${"]".repeat(5000)}`,
  ])("refuses the body %.40s without a charge", async (body) => {
    await open(preset);
    const { status, json } = await request(sandbox, "/chat/completions", { body });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(json).toBeDefined();
    expect(sandbox.counts()).toMatchObject({ refused: 1 });
  });

  it.each([
    { messages: [] },
    { messages: "Hi" },
    { messages: [{ role: "nobody", content: "Hi" }] },
    { messages: [{ role: "user" }] },
    { messages: [{ role: "user", content: [] }] },
    { messages: [{ role: "assistant", content: null }] },
    { messages: [{ role: "tool", tool_call_id: "abcDEF123", content: "alone" }] },
    { max_tokens: 0 },
    { max_tokens: -1 },
    { max_tokens: 1.5 },
    { max_tokens: 1e300 },
    { temperature: "hot" },
    { tools: [{ type: "function" }] },
    { tools: [{ type: "function", function: { name: "a b" } }] },
    { tools: [{ type: "function", function: { name: "f", parameters: { type: "string" } } }] },
    { stream: "yes" },
  ])("refuses %j", async (extra) => {
    await open(preset);
    const { status } = await chat(sandbox, extra);
    expect([400, 404, 413, 422]).toContain(status);
    expect(sandbox.counts()).toMatchObject({ answered: 0, refused: 1 });
  });

  it("refuses a prompt beyond the model's context", async () => {
    await open(preset);
    const { status } = await chat(sandbox, { max_tokens: 2_000_000 });
    expect([400, 413]).toContain(status);
  });

  it("bears what is deep and long: a schema of many levels, a body of thousands of keys", async () => {
    await open(preset);
    let schema: object = { type: "string" };
    for (let level = 0; level < 300; level += 1) schema = { type: "object", properties: { next: schema } };
    const tool = { type: "function", function: { name: "f", description: "d", parameters: schema } };
    expect((await chat(sandbox, { tools: [tool] })).status).toBeLessThan(500);
    const keys = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`key_${index}`, index]));
    expect((await chat(sandbox, keys)).status).toBeLessThan(500);
  });

  it("judges as it answers, and charges nothing for it", async () => {
    await open(preset, { limits: {} });
    const body = chatBody(sandbox, { max_tokens: 300 });
    let status = 200;
    for (let sent = 0; sent < 400 && status === 200; sent += 1) {
      const verdict = sandbox.judge(body);
      expect(sandbox.judge(body)).toEqual(verdict);
      ({ status } = await chat(sandbox, { max_tokens: 300 }));
      expect(verdict.passes).toBe(status === 200);
    }
    expect(status).toBe(429);
    const { passes, refusedBy, readyAt } = sandbox.judge(body);
    expect([passes, refusedBy.join(" ")]).toEqual([false, sandbox.requests.at(-1)?.reason]);
    expect(sandbox.judge(body, Math.ceil(readyAt) - 1).passes).toBe(false);
    expect(sandbox.judge(body, Math.ceil(readyAt)).passes).toBe(true);
  });

  it("never passes what no wait helps", async () => {
    await open(preset);
    expect(sandbox.judge({ model: "none" })).toEqual({
      passes: false,
      refusedBy: ["unknown_model"],
      readyAt: Number.POSITIVE_INFINITY,
    });
  });

  it("meets scripted faults in its own words", async () => {
    await open(preset);
    sandbox.fault({ kind: "serverError" }, { times: 2 });
    sandbox.fault({ kind: "paymentRequired" });
    for (const via of [fetch, sandbox.fetch]) {
      const { status, json } = await request(sandbox, "/chat/completions", { body: chatBody(sandbox), via });
      expect(status).toBe(503);
      expect(json).not.toHaveProperty("statusCode");
    }
    expect((await chat(sandbox)).status).toBe(402);
    expect((await chat(sandbox)).status).toBe(200);
    expect(sandbox.counts()).toMatchObject({ faulted: 3, answered: 1 });
  });

  it("refuses connections while it is killed, on the same port afterwards", async () => {
    await open(preset);
    await sandbox.kill();
    const send = (via: typeof fetch) => request(sandbox, "/chat/completions", { body: chatBody(sandbox), via });
    for (const via of [fetch, sandbox.fetch]) {
      await expect(send(via)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    }
    await sandbox.revive();
    expect((await send(fetch)).status).toBe(200);
    expect(sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
  });

  it("is as new after a reset", async () => {
    await open(preset);
    const all = await chats(sandbox, 6);
    sandbox.clock.advance(5000);
    sandbox.reset();
    expect(sandbox.counts().received).toBe(0);
    expect(await chats(sandbox, 6)).toEqual(all);
  });
});

describe("faults without an answer", () => {
  it("sends a client elsewhere, over a socket and without one", async () => {
    await open("groq");
    sandbox.fault({ kind: "redirect", to: "http://elsewhere.invalid/steal" }, { times: 3 });
    for (const via of [fetch, sandbox.fetch]) {
      const { status, headers } = await request(sandbox, "/chat/completions", { body: chatBody(sandbox), via });
      expect([status, headers.get("location")]).toEqual([307, "http://elsewhere.invalid/steal"]);
    }
    sandbox.fault({ kind: "redirect", to: "/x", status: 308 }, { when: ({ method }) => method === "GET" });
    expect((await request(sandbox, "/models")).status).toBe(308);
  });

  it("lets a redirected client show whether its key went along", async () => {
    const seen: (string | undefined)[] = [];
    const elsewhere = createServer((incoming, response) => {
      seen.push(incoming.headers.authorization);
      response.end("{}");
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const { port } = elsewhere.address() as AddressInfo;
    await open("groq");
    sandbox.fault({ kind: "redirect", to: `http://127.0.0.1:${port}/` });
    await fetch(`${sandbox.baseURL}/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer key" },
      body: JSON.stringify(chatBody(sandbox)),
    });
    elsewhere.close();
    elsewhere.closeAllConnections();
    expect(seen).toEqual([undefined]);
  });

  it("takes a request and never answers", async () => {
    await open("groq");
    sandbox.fault({ kind: "silent" }, { times: 2 });
    for (const via of [fetch, sandbox.fetch]) {
      const leave = new AbortController();
      const answer = via(`${sandbox.baseURL}/chat/completions`, {
        method: "POST",
        headers: { authorization: "Bearer key" },
        body: JSON.stringify(chatBody(sandbox)),
        signal: leave.signal,
      });
      await sandbox.received();
      leave.abort(new Error("enough"));
      await expect(answer).rejects.toThrow("enough");
      sandbox.fault({ kind: "silent" });
    }
    expect(sandbox.windows("openai/gpt-oss-120b").every(({ used }) => used === 0)).toBe(true);
  });

  it("spoils an answer over a socket alone, and charges it", async () => {
    await open("groq");
    sandbox.fault({ kind: "cut" }, { times: 2 });
    const body = chatBody(sandbox, { stream: true });
    await expect(request(sandbox, "/chat/completions", { body, via: fetch })).rejects.toThrow();
    await sandbox.idle();
    expect(sandbox.requests.at(-1)).toMatchObject({ outcome: "faulted", reason: "cut" });
    expect(sandbox.windows("openai/gpt-oss-120b")[0]?.used).toBe(1);
    await expect(request(sandbox, "/chat/completions", { body })).rejects.toThrow("needs the sandbox's HTTP server");
  });
});

describe("its settings", () => {
  it("may take the time from elsewhere", async () => {
    let now = start;
    await open("groq", { clock: { now: () => now } });
    await chat(sandbox, { max_tokens: 100 });
    now += 86_400;
    sandbox.clock.advance(600);
    await chat(sandbox);
    expect(sandbox.requests.map(({ at }) => at)).toEqual([start, start + 87_000]);
  });

  it.each([
    [{ preset: "nobody" as PresetName }, "preset must be one of groq"],
    [{ limits: { none: { requests_day: 1 } } }, "has no model none"],
    [{ limits: { "*": { none: 1 } } }, "has no window none"],
    [{ limits: { "*": { requests_day: -1 } } }, "must be a number from 0"],
    [{ preset: "openrouter" as const, limits: { "openai/gpt-oss-120b:free": { requests_day: 1 } } }, "give it under *"],
    [{ tokenSpread: 2 }, "tokenSpread"],
  ])("are checked: %j", async (options, message) => {
    await open("groq");
    await expect(createSandbox({ preset: "groq", ...options })).rejects.toThrow(message);
  });

  it("change a limit of all models that have it, and of no other", async () => {
    await open("groq", { limits: { "*": { tokens_day: 5 }, "openai/gpt-oss-20b": { tokens_day: 7 } } });
    const dayOf = (model: string) => sandbox.windows(model).find(({ id }) => id === "tokens_day")?.limit;
    expect(["openai/gpt-oss-120b", "openai/gpt-oss-20b", "groq/compound"].map(dayOf)).toEqual([5, 7, undefined]);
  });

  it("let judge and windows speak of the first key that is accepted", async () => {
    await open("mistral", { apiKeys: ["first", "second"] });
    expect((await chat(sandbox, {}, "first")).status).toBe(200);
    expect(sandbox.windows("mistral-small-latest")[0]?.used).toBe(1);
    expect(sandbox.windows("mistral-small-latest", "second")[0]?.used).toBe(0);
    expect(sandbox.windows("none")).toEqual([]);
  });

  it("count no answer above its cap, whatever the text's own ratio", async () => {
    await open("mistral");
    const counted: number[] = [];
    for (let index = 0; index < 40; index += 1) {
      sandbox.clock.advance(60_000);
      const messages = [{ role: "user", content: `Write 2000 words about heron ${index}.` }];
      const { json } = await chat(sandbox, { messages, max_tokens: 100 });
      expect(json.choices[0].finish_reason).toBe("length");
      counted.push(json.usage.completion_tokens);
    }
    expect(Math.max(...counted)).toBe(100);
    expect(Math.min(...counted)).toBeLessThan(100);
  });

  it("write long answers as the sandbox does", async () => {
    await open("mistral");
    sandbox.write({ text: "One two three four five six." });
    const cut = await chat(sandbox, { max_tokens: 3 });
    expect(cut.json.choices[0]).toMatchObject({ finish_reason: "length", message: { content: "One two thre" } });
  });
});
