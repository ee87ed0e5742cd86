import { describe, expect, it, onTestFinished } from "vitest";
import { type CostUnit, TOKEN_UNIT } from "../cost/meter.js";
import { createContext } from "../create-context.js";
import { resolveOptions } from "../options.js";
import { completeProvider } from "../provider/complete-provider.js";
import type { ChatCompletion } from "../request/wire-types.js";
import { API_KEY, ask, createPair, createTestEngine } from "../testing/engine.js";
import { createGate } from "../testing/gate.js";
import { chunk, eventStream, serve } from "../testing/server.js";
import type { Tier } from "../tier/tier.js";
import { createFetch } from "./create-fetch.js";

const CHAT = "http://x/v1/chat/completions";

function post(body: object): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

describe("what usage counts, on every answer", () => {
  const picture = { model: "flux/schnell", prompt: "A boat" };

  it.each<[string, object, string | null]>([
    ["chat/completions", ask("Hello"), "16"],
    ["chat/completions", ask("Hello", { stream: true }), null],
    ["embeddings", { model: "text-embedding-3-small", input: "Hello" }, "1"],
  ])("is in a header: %s %j", async (path, body, cost) => {
    const { laplas } = await createPair();
    const { headers } = await laplas.fetch(`http://x/v1/${path}`, post(body));
    expect([headers.get("x-laplas-usage"), headers.get("x-laplas-api-tokens")]).toEqual(["tokens", cost]);
  });

  it("is not said of pictures, and not of errors", async () => {
    const { laplas } = await createPair();
    for (const [path, body] of [
      ["images/generations", picture],
      ["chat/completions", ask("Hello", { model: "nope" })],
    ] as const) {
      const { headers } = await laplas.fetch(`http://x/v1/${path}`, post(body));
      expect(headers.get("x-laplas-usage")).toBeNull();
    }
  });

  const UNITS: readonly (readonly [CostUnit | undefined, object])[] = [
    [undefined, {}],
    [{ name: "neurons", field: "credits" }, { credits: 7 }],
  ];
  it.each(UNITS)("of a provider that counts %j has no API tokens", async (unit, cost) => {
    const counts = { prompt_tokens: 4, completion_tokens: 3, total_tokens: 7 };
    const url = await serve((_, response, body) => {
      const isStream = body.includes('"stream":true');
      const answer = {
        id: "c1",
        choices: [{ index: 0, message: { content: "Hi" }, finish_reason: "stop" }],
        usage: counts,
      };
      response.setHeader("content-type", isStream ? "text/event-stream" : "application/json");
      response.end(
        isStream ? eventStream(chunk("Hi", "stop"), { choices: [], usage: counts }, "[DONE]") : JSON.stringify(answer),
      );
    });
    const tier: Tier = { name: "free", title: "its free tier", unit: unit ?? TOKEN_UNIT, rules: [] };
    const document = { id: "other", title: "Other", baseURL: url, tiers: [], unit };
    const parts = { baseURL: url, models: [], findOffTier: () => undefined, tiers: [tier] } as const;
    const provider = completeProvider(document, parts);
    const options = { apiKey: API_KEY, ledger: "memory", unknownModels: "send", environment: {} } as const;
    const context = createContext(resolveOptions(options, provider));
    onTestFinished(() => context.close());
    const send = createFetch(context);

    const whole = await send(CHAT, post(ask("Hello", { model: "any" })));
    expect(whole.headers.get("x-laplas-usage")).toBe("tokens");
    expect(whole.headers.has("x-laplas-api-tokens")).toBe(false);
    const details = { prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } };
    expect(((await whole.json()) as ChatCompletion).usage).toEqual({ ...counts, ...details, ...cost });

    const streamed = await send(
      CHAT,
      post(ask("Hello", { model: "any", stream: true, stream_options: { include_usage: true } })),
    );
    expect(streamed.headers.get("x-laplas-usage")).toBe("tokens");
    const text = await streamed.text();
    expect(text).toContain(JSON.stringify({ ...counts, ...details, ...cost }));
    expect(text).not.toContain("api_tokens");
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
    expect(events).toMatchObject([{ type: "request" }, { type: "call", requestId: "upstream-7" }]);
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
