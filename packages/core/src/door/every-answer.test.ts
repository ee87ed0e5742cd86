import { describe, expect, it, test } from "vitest";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { ask, createPair, createTestEngine } from "../testing/engine.js";
import { createGate } from "../testing/gate.js";
import { serve } from "../testing/server.js";
import type { Tier, TierDocument } from "../tier/tier.js";
import { rateLimitHeaders } from "./rate-limit-headers.js";

const CHAT = "http://x/v1/chat/completions";
const evidence = { source: "a test", date: "2026-11-25", status: "assumed" } as const;

function post(body: object): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

function limitsOf(response: Response): Record<string, string> {
  return Object.fromEntries([...response.headers].filter(([name]) => name.startsWith("x-ratelimit")));
}

describe("what is left, on every answer", () => {
  it("is told as OpenAI tells it: after the call, in API tokens", async () => {
    const now = () => Date.parse("2026-03-10T10:30:00Z");
    const { laplas } = await createPair({ now });
    const whole = await laplas.fetch(CHAT, post(ask("Hello")));
    const reset = "13h30m2s";
    expect(limitsOf(whole)).toEqual({
      "x-ratelimit-limit-tokens": "50000",
      "x-ratelimit-remaining-tokens": "49984",
      "x-ratelimit-reset-tokens": reset,
    });
    const stream = await laplas.fetch(CHAT, post(ask("Hello", { stream: true })));
    expect(limitsOf(stream)).toMatchObject({ "x-ratelimit-remaining-tokens": "49984" });
    await stream.text();
    for (const response of [
      await laplas.fetch(CHAT, post(ask("Hello", { model: "nope" }))),
      await laplas.fetch(CHAT, { method: "POST", body: "{" }),
      await laplas.fetch("http://x/v1/models"),
      await laplas.fetch("http://x/v1/models/gpt-4o"),
    ]) {
      expect(limitsOf(response)).toMatchObject({ "x-ratelimit-remaining-tokens": "49968" });
    }
  });

  it("counts requests of a model where the tier does", async () => {
    const { laplas } = await createPair({ tier: "playground" });
    const response = await laplas.fetch(CHAT, post(ask("Hello")));
    expect(limitsOf(response)).toMatchObject({
      "x-ratelimit-limit-requests": "10",
      "x-ratelimit-remaining-requests": "9",
      "x-ratelimit-remaining-tokens": "49984",
    });
    const refused = await laplas.fetch(CHAT, post(ask("Hello", { max_tokens: -1 })));
    expect(limitsOf(refused)).toMatchObject({ "x-ratelimit-remaining-requests": "9" });
    const other = await laplas.fetch(CHAT, post(ask("Hello", { model: "gpt-4.1-nano", max_tokens: -1 })));
    expect(limitsOf(other)).toMatchObject({ "x-ratelimit-remaining-requests": "10" });
    const unknown = await laplas.fetch(CHAT, post(ask("Hello", { model: "nope" })));
    expect(limitsOf(unknown)).not.toHaveProperty("x-ratelimit-limit-requests");
  });

  it("is nothing where nothing is limited", async () => {
    const { laplas } = await createPair({ tier: "paid" });
    expect(limitsOf(await laplas.fetch(CHAT, post(ask("Hello"))))).toEqual({});
  });

  it("of a rolling window has no reset while something is left", async () => {
    const tier: TierDocument = {
      name: "rolling",
      title: "rolling",
      rules: [
        {
          id: "minute",
          kind: "window",
          metric: "apiTokens",
          limit: 100,
          period: { type: "rolling", spanMs: 60_000 },
          evidence,
        },
      ],
    };
    const { laplas } = await createPair({ tier });
    const response = await laplas.fetch(CHAT, post(ask("Hello")));
    expect(limitsOf(response)).toEqual({ "x-ratelimit-limit-tokens": "100", "x-ratelimit-remaining-tokens": "84" });
  });

  it("is left out by a ledger that fails: the answer is worth more", async () => {
    const failing = { name: "memory", reserve: 1, settle: 1, view: () => Promise.reject(new Error("broken")) };
    const { laplas } = createTestEngine("http://127.0.0.1:9/v1", { ledger: failing as unknown as LedgerStore });
    const response = await laplas.fetch("http://x/v1/models");
    expect([response.status, limitsOf(response)]).toEqual([200, {}]);
  });

  test.each([
    [0, "0s"],
    [400, "1s"],
    [59_001, "1m0s"],
    [3_600_000, "1h0m0s"],
    [86_399_999, "24h0m0s"],
  ])("%i ms are written as %s", (ms, text) => {
    const window = { rule: "r", metric: "requests", limit: 1, remaining: 0, resetsAt: new Date(ms) } as const;
    expect(rateLimitHeaders([window], 0)).toMatchObject({ "x-ratelimit-reset-requests": text });
  });
});

describe("x-request-id, on every answer", () => {
  it("is the upstream's where it gives one, and the event has the same", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-type": "application/json", "x-request-id": "upstream-7" });
      response.end(JSON.stringify({ choices: [{ message: { content: "Hi" } }], usage: { total_tokens: 1 } }));
    });
    const { laplas, events } = createTestEngine(url);
    const response = await laplas.fetch(CHAT, post(ask("Hello")));
    expect(response.headers.get("x-request-id")).toBe("upstream-7");
    expect(events).toMatchObject([{ type: "call", requestId: "upstream-7" }]);
  });

  it("is one of ours elsewhere, again the event's", async () => {
    const { laplas, events } = await createPair();
    for (const [path, body] of [
      ["chat/completions", ask("Hello")],
      ["chat/completions", ask("Hello", { stream: true })],
      ["chat/completions", ask("Hello", { model: "nope" })],
      ["embeddings", { model: "text-embedding-3-small", input: "Hello" }],
    ] as const) {
      const response = await laplas.fetch(`http://x/v1/${path}`, post(body));
      await response.text();
      const id = response.headers.get("x-request-id");
      expect(id).toMatch(/^[\da-f-]{36}$/);
      expect(events.at(-1)).toMatchObject({ type: "call", requestId: id });
    }
    for (const path of ["models", "models/gpt-4o", "nowhere"]) {
      expect((await laplas.fetch(`http://x/v1/${path}`)).headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    }
  });

  it("is the caller's in process, if there is one", async () => {
    const { laplas, events } = await createPair();
    const { laplas: report } = await laplas.chat(ask("Hello"), { requestId: "mine" });
    expect([report.requestId, events.at(-1)]).toMatchObject(["mine", { requestId: "mine" }]);
  });
});

describe("one model", () => {
  test.each([
    ["gpt-4o-mini", { id: "gpt-4o-mini", owned_by: "OpenAI", modality: "chat", tier: "free", max_output_tokens: 512 }],
    ["google/gemma-3-27b-it", { id: "google/gemma-3-27b-it", capabilities: { image_input: false } }],
    ["google%2Fgemma-3-27b-it", { id: "google/gemma-3-27b-it" }],
    [
      "text-embedding-3-small",
      { modality: "embedding", dimensions: 1536, capabilities: { batch: true, base64: true } },
    ],
    ["flux/schnell", { modality: "image", capabilities: { side_pixels: { min: 64 }, reference_image: false } }],
    ["flux/dev/image-to-image", { capabilities: { reference_image: true } }],
    ["gpt-4o-mini-2024-07-18", { alias_of: "gpt-4o-mini" }],
  ])("%s", async (name, card) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(`http://x/v1/models/${name}`);
    expect([response.status, await response.json()]).toMatchObject([200, { object: "model", ...card }]);
  });

  it("has no limit that the tier does not set", async () => {
    const { laplas } = await createPair({ tier: "paid" });
    const card = await (await laplas.fetch("http://x/v1/models/gpt-4o-mini")).json();
    expect(card).not.toHaveProperty("max_output_tokens");
    expect(card).not.toHaveProperty("capabilities.image_input");
  });

  test.each([
    ["gpt4o-mni", /Did you mean gpt-4o-mini/],
    ["veo2", /video model/],
    ["%E0%A4%A", /no model/],
  ])("%s is a 404 that helps", async (name, message) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(`http://x/v1/models/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: "model_not_found", message: expect.stringMatching(message) },
    });
  });

  it("that is sent unknown is still not in the catalog", async () => {
    const { laplas } = await createPair({ unknownModels: "send" });
    expect((await laplas.fetch("http://x/v1/models/new-model")).status).toBe(404);
  });
});

describe("a path that is not served", () => {
  const title: Tier["title"] = "laplas free tier";
  test.each([
    ["POST", "/v1/audio/speech", `${title}: there is nothing for speech here`],
    ["POST", "/v1/audio/transcriptions", `${title}: there is nothing for speech recognition here`],
    ["POST", "/v1/moderations", `${title}: there is nothing for moderation here`],
    ["POST", "/v1/images/edits", `${title}: there is nothing for image editing here`],
    ["GET", "/v1/videos/vid_1", `${title}: there is nothing for video here`],
    ["POST", "/v1/threads/t/messages", `${title}: there is nothing for assistants here`],
    ["POST", "/v1/responses", "switch the client to chat completions"],
    ["POST", "/v1/completions", "Ask at POST /chat/completions"],
    ["GET", "/v1/chat/completions", 'no such path here for "GET"'],
    ["POST", "/v1/models", 'no such path here for "POST"'],
    ["GET", "/favicon.ico", "Known are POST /chat/completions"],
  ])("%s %s says why", async (method, path, message) => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(`http://x${path}`, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get("x-should-retry")).toBe("false");
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error.message).toContain(message);
    expect(sandbox.counts().received).toBe(0);
  });
});

describe("a full queue", () => {
  it("answers busy at once, and the calls that wait are answered", async () => {
    const gate = createGate();
    const { laplas, sandbox } = await createPair({ maxQueue: 2, fetch: gate.fetch });
    const first = laplas.chat(ask("one"));
    await gate.reached;
    const waiting = [laplas.chat(ask("two")), laplas.chat(ask("three"))];
    const response = await laplas.fetch(CHAT, post(ask("four")));
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(2);
    expect(response.headers.get("x-should-retry")).toBe("true");
    expect(await response.json()).toMatchObject({
      error: { code: "free_tier_busy", message: expect.stringMatching(/2 calls wait already.*"maxQueue"/) },
    });
    gate.open();
    await Promise.all([first, ...waiting]);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });
});
