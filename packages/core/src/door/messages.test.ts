import { createParser } from "eventsource-parser";
import { describe, expect, it, test } from "vitest";
import { createPair, createTestEngine, meeting } from "../testing/engine.js";
import { longText } from "../testing/sandbox.js";
import { chunk, eventStream, serve } from "../testing/server.js";

const PATH = "http://x/v1/messages?beta=true";
const COUNT = "http://x/v1/messages/count_tokens";
const VERSION = { "anthropic-version": "2023-06-01" };
const user = (content: unknown) => ({ role: "user", content });
const bodyOf = (fields: object = {}) => ({
  model: "gpt-4o-mini",
  max_tokens: 100,
  messages: [user("Hello")],
  ...fields,
});
const post = (fields: object = {}, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body: JSON.stringify(bodyOf(fields)),
  headers: { ...VERSION, ...headers },
});

interface Told {
  readonly type: string;
  readonly message?: { usage: { input_tokens: number } };
  readonly delta?: { text?: string; stop_reason?: string };
  readonly usage?: { input_tokens: number; output_tokens: number; api_tokens: number };
  readonly error?: { type: string; message: string };
}

async function eventsOf(response: Response): Promise<Told[]> {
  const events: Told[] = [];
  const onEvent = ({ event, data }: { event?: string | undefined; data: string }): void => {
    const told = JSON.parse(data) as Told;
    expect(told.type).toBe(event);
    events.push(told);
  };
  createParser({ onEvent }).feed(await response.text());
  return events;
}

const evidence = { source: "test", date: "2026-01-01", status: "assumed" } as const;
const day = {
  id: "daily_api_tokens",
  kind: "window",
  meter: "credits",
  limit: 16,
  period: { type: "day" },
  evidence,
} as const;
const dayOf16 = { name: "small", title: "laplas free tier", extends: "free", rules: [day] } as const;
const NOON = Date.parse("2026-03-10T12:00:00.000Z");

describe("POST /messages", () => {
  it("answers by a chat, its story in headers", async () => {
    const { laplas, sandbox } = await createPair({ now: () => NOON });
    const response = await laplas.fetch(PATH, post({ max_tokens: 4_000, context_management: {} }));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      type: "message",
      content: [{ type: "text", text: expect.stringContaining("Hello there!") }],
      stop_reason: "end_turn",
      usage: { input_tokens: 8, output_tokens: 10, api_tokens: 16 },
    });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "request-id": response.headers.get("x-request-id"),
      "anthropic-ratelimit-tokens-limit": "50000",
      "anthropic-ratelimit-tokens-remaining": "49984",
      "anthropic-ratelimit-tokens-reset": "2026-03-11T00:00:02.000Z",
      "x-laplas-adjusted": "context_management=removed, max_tokens=512",
      "x-laplas-api-tokens": "16",
    });
    expect(sandbox.requests[0]).toMatchObject({ path: "/v1/chat/completions" });
  });

  it("streams, beginning with an estimate, ending with the counts", async () => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(PATH, post({ stream: true, messages: [user("Write 20 words about the sea")] }));
    expect(response.headers.get("request-id")).toBe(response.headers.get("x-request-id"));
    const events = await eventsOf(response);
    expect(events[0]?.message?.usage.input_tokens).toBe(11);
    expect(events.flatMap(({ delta }) => delta?.text ?? []).join("")).toContain("sea");
    const [last, end] = events.slice(-2);
    expect(last).toMatchObject({ type: "message_delta", delta: { stop_reason: "end_turn" } });
    expect(last?.usage?.api_tokens).toBe(sandbox.used());
    expect(end).toEqual({ type: "message_stop" });
  });

  test.each([
    "gpt-4o-mini",
    "claude-3-5-sonnet-latest",
    "gemini-1.5-pro",
    "meta-llama/Llama-3.3-70B-Instruct-Turbo",
    "MiniMax-Text-01",
  ])("serves what Claude Code sends with %s", async (model) => {
    const { laplas, sandbox } = await createPair();
    const marked = { cache_control: { type: "ephemeral" } };
    const response = await laplas.fetch(
      PATH,
      post({
        model,
        max_tokens: 32_000,
        stream: true,
        system: [
          { type: "text", text: "x-anthropic-billing-header: cc_version=2.1.197;" },
          { type: "text", text: "You are an agent.", ...marked },
        ],
        messages: [
          { role: "user", content: [{ type: "text", text: "Read a file", ...marked }] },
          { role: "system", content: "Today is Tuesday." },
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "Hm", signature: "s" },
              { type: "tool_use", id: "toolu_01", name: "Read", input: { path: "a.txt" } },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_01", content: "", ...marked }] },
        ],
        tools: [
          {
            name: "Read",
            description: "Reads",
            input_schema: { type: "object", properties: { path: { type: "string" } } },
          },
          { type: "web_search_20250305", name: "web_search" },
        ],
        thinking: { type: "adaptive" },
        context_management: { edits: [{ type: "clear_thinking_20251015", keep: "all" }] },
        output_config: { effort: "medium" },
        metadata: { user_id: "u" },
      }),
    );
    const events = await eventsOf(response);
    expect(events.at(-1)).toEqual({ type: "message_stop" });
    expect(sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
    expect(response.headers.get("x-laplas-adjusted")).toContain("system=without_billing_header");
  });

  test.each<[object, number, string, RegExp]>([
    [{ messages: [] }, 400, "invalid_request_error", /"messages"/],
    [{ max_tokens: 0 }, 400, "invalid_request_error", /"max_tokens"/],
    [{ model: "nope" }, 404, "not_found_error", /nope/],
    [{ tools: [{}] }, 400, "invalid_request_error", /"tools\[0\]\.name"/],
    [
      { messages: [user([{ type: "image", source: { type: "base64", media_type: "image/png", data: "aa" } }])] },
      400,
      "invalid_request_error",
      /image_url|attachments/,
    ],
    [
      {
        messages: [
          { role: "assistant", content: [{ type: "tool_use", id: "a", name: "see", input: {} }] },
          user([
            {
              type: "tool_result",
              tool_use_id: "a",
              content: [{ type: "image", source: { type: "url", url: "https://x/a.png" } }],
            },
          ]),
        ],
      },
      400,
      "invalid_request_error",
      /^laplas free tier: messages\[1\]\.content\[0\] holds a part of type .* attachments/,
    ],
  ])("refuses %j in Anthropic's shape, and sends nothing", async (fields, status, type, message) => {
    const { laplas, sandbox } = await createPair();
    for (const stream of [false, true]) {
      const response = await laplas.fetch(PATH, post({ ...fields, stream }));
      expect(response.status).toBe(status);
      expect(response.headers.get("x-should-retry")).toBe("false");
      expect(response.headers.get("request-id")).toMatch(/./);
      expect(await response.json()).toEqual({
        type: "error",
        error: { type, message: expect.stringMatching(message) },
      });
    }
    expect(sandbox.counts().received).toBe(0);
  });

  it.each(["Hello", "null", "[]", "{"])("refuses the body %s", async (body) => {
    const { laplas } = await createPair();
    for (const path of [PATH, COUNT]) {
      const response = await laplas.fetch(path, { method: "POST", body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    }
  });

  it("ends a used-up day by 429, once, with the time of its reset", async () => {
    const { laplas, sandbox } = await createPair({ tier: dayOf16, now: () => NOON });
    await laplas.fetch(PATH, post());
    for (const stream of [false, true]) {
      const response = await laplas.fetch(PATH, post({ stream }));
      expect(response.status).toBe(429);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "application/json",
        "x-should-retry": "false",
        "retry-after": "43202",
        "anthropic-ratelimit-tokens-remaining": "0",
      });
      expect(await response.json()).toEqual({
        type: "error",
        error: { type: "rate_limit_error", message: expect.stringContaining("will reset at 2026-03-11T00:00:02.000Z") },
      });
    }
    const asked = await laplas.fetch(PATH, post({}, { "x-laplas-quota-status": "400" }));
    expect([asked.status, await asked.json()]).toMatchObject([400, { error: { type: "invalid_request_error" } }]);
    expect(sandbox.counts().received).toBe(1);
  });

  test.each([
    [{ kind: "serverError", status: 503 } as const, 503, "overloaded_error", "true"],
    [{ kind: "serverError", status: 500 } as const, 503, "overloaded_error", "true"],
  ])("tells of %j before the first byte of a stream", async (fault, status, type, retry) => {
    const { laplas, sandbox } = await createPair();
    void meeting(sandbox, fault);
    const response = await laplas.fetch(PATH, post({ stream: true }));
    expect([response.status, response.headers.get("x-should-retry")]).toEqual([status, retry]);
    expect(await response.json()).toMatchObject({ type: "error", error: { type } });
  });

  it("breaks off a stream that breaks with an event of its own, and no end", async () => {
    const url = await serve((_, response) => {
      response.setHeader("content-type", "text/event-stream");
      response.write(eventStream(chunk("Hel")));
      setImmediate(() => response.destroy());
    });
    const { laplas } = createTestEngine(url);
    const events = await eventsOf(await laplas.fetch(PATH, post({ stream: true })));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { type: "overloaded_error" } });
    expect(events.some(({ type }) => type === "message_stop" || type === "message_delta")).toBe(false);
  });

  it.each([false, true])(
    "continues an answer that the tier's limit cuts where that is asked for, streamed: %s",
    async (stream) => {
      const { laplas, sandbox } = await createPair();
      const body = { stream, max_tokens: 4_000, messages: [user("Write 900 words about the sea")] };
      const cut = await laplas.fetch(PATH, post(body));
      expect(await cut.text()).toContain('"stop_reason":"max_tokens"');
      const whole = await laplas.fetch(PATH, post(body, { "x-laplas-continue": "8" }));
      expect(await whole.text()).toContain('"stop_reason":"end_turn"');
      expect(sandbox.counts().received).toBeGreaterThan(2);
    },
  );

  test.each(["gpt-4o-mini", "claude-3-5-sonnet-latest", "gemini-1.5-pro", "MiniMax-Text-01"])(
    "continues an answer of %s to a conversation that ends with an instruction",
    async (model) => {
      const { laplas, sandbox } = await createPair();
      sandbox.write({ text: longText({ kind: "sentences", tokens: 900 }) });
      const messages = [user("Hi"), { role: "assistant", content: "Hello." }, { role: "system", content: "Write." }];
      const whole = await laplas.fetch(
        PATH,
        post({ model, messages, max_tokens: 4_000 }, { "x-laplas-continue": "4" }),
      );
      expect(await whole.json()).toMatchObject({
        content: [{ text: longText({ kind: "sentences", tokens: 900 }) }],
        stop_reason: "end_turn",
      });
      expect(sandbox.counts().received).toBe(2);
    },
  );

  it("stops the upstream's answer for a reader who leaves", async () => {
    const left = Promise.withResolvers<void>();
    const url = await serve((request, response) => {
      request.socket.once("close", left.resolve);
      response.setHeader("content-type", "text/event-stream");
      response.write(eventStream(chunk("Hel")));
    });
    const { laplas } = createTestEngine(url);
    const aborter = new AbortController();
    const response = await laplas.fetch(PATH, { ...post({ stream: true }), signal: aborter.signal });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("message_start");
    aborter.abort();
    const ends = async (): Promise<void> => {
      for (;;) if ((await reader?.read())?.done !== false) return;
    };
    await expect(ends()).rejects.toThrow(/abort/i);
    await laplas.close();
    await left.promise;
  });

  it("begins a thread that it does not hold, and says of one that goes on what SDKs send the whole for", async () => {
    const { laplas, sandbox } = await createPair();
    const begun = await laplas.fetch(PATH, post({ thread: { type: "create" } }));
    expect([begun.status, begun.headers.get("x-laplas-adjusted")]).toEqual([200, "thread=removed"]);
    const { id } = (await begun.json()) as { id: string };
    const thread = { type: "continue", previous_message_id: id };
    // A turn that only goes on has no messages.
    for (const messages of [[user("And then?")], []]) {
      const lost = await laplas.fetch(PATH, post({ messages, thread }));
      expect(lost.status).toBe(404);
      expect(await lost.json()).toEqual({
        type: "error",
        error: {
          type: "not_found_error",
          message: expect.stringContaining("Send the whole conversation"),
          details: { error_code: "thread_not_found" },
        },
      });
    }
    expect(sandbox.counts().received).toBe(1);
  });

  it("is told its methods in Anthropic's shape", async () => {
    const { laplas } = await createPair();
    for (const path of [PATH, COUNT]) {
      const response = await laplas.fetch(path);
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
      expect(await response.json()).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    }
  });

  it("with onExcess refuse takes hints, and refuses what changes an answer", async () => {
    const { laplas } = await createPair({ onExcess: "refuse" });
    const hints = { thinking: { type: "adaptive" }, context_management: {}, metadata: { user_id: "u" } };
    expect((await laplas.fetch(PATH, post(hints))).status).toBe(200);
    const search = [{ type: "web_search_20250305", name: "web_search" }];
    const refused = await laplas.fetch(PATH, post({ tools: search }));
    expect([refused.status, await refused.json()]).toMatchObject([400, { error: { message: /without_web_search/ } }]);
  });
});

describe("POST /messages/count_tokens", () => {
  it("counts as streams begin, sends nothing and costs nothing", async () => {
    const { laplas, sandbox } = await createPair();
    const asked = {
      system: "Be brief.",
      messages: [user("What is the weather in Lisbon?")],
      tools: [{ name: "weather", input_schema: { type: "object", properties: { city: { type: "string" } } } }],
    };
    const { model, ...rest } = bodyOf(asked);
    const counted = await laplas.fetch(COUNT, post({ ...rest, model, max_tokens: undefined }));
    expect(counted.headers.get("anthropic-ratelimit-tokens-remaining")).toBe("50000");
    const { input_tokens: count } = (await counted.json()) as { input_tokens: number };
    expect(count).toBeGreaterThan(30);
    expect(sandbox.counts().received).toBe(0);
    const [start] = await eventsOf(await laplas.fetch(PATH, post({ ...asked, stream: true })));
    expect(start?.message?.usage.input_tokens).toBe(count);
  });

  it("refuses what a call would", async () => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(COUNT, post({ messages: [user(5)] }));
    expect([response.status, await response.json()]).toMatchObject([400, { type: "error" }]);
  });

  test.each<[string, unknown]>([
    ["that is not there", "gpt-9"],
    ["of another kind", "flux/schnell"],
    ["that the tier lacks", "veo2"],
    ["that a rule excludes", "gpt-4o"],
    ["without a name", ""],
    ["that is none", 7],
  ])("refuses a model %s as a call does", async (_, model) => {
    const rule = {
      id: "no_4o",
      kind: "window",
      meter: "requests",
      limit: 0,
      scope: "model",
      models: ["gpt-4o"],
    } as const;
    const excluded = { ...rule, period: { type: "day" }, evidence } as const;
    const tier = { name: "mine", title: "My tier", extends: "free", rules: [excluded] } as const;
    const { laplas, sandbox } = await createPair({ tier });
    const [counted, called] = [await laplas.fetch(COUNT, post({ model })), await laplas.fetch(PATH, post({ model }))];
    expect([400, 404]).toContain(counted.status);
    expect([counted.status, await counted.json()]).toEqual([called.status, await called.json()]);
    expect(sandbox.counts().received).toBe(0);
  });

  it("counts what is too much for a call", async () => {
    const { laplas } = await createPair();
    const counted = await laplas.fetch(COUNT, post({ messages: [user("word ".repeat(400_000))] }));
    expect(await counted.json()).toEqual({ input_tokens: expect.any(Number) });
  });
});

describe("GET /models for Anthropic's clients", () => {
  interface Page {
    readonly data: readonly { type: string; id: string; created_at: string; max_tokens: number | null }[];
    readonly has_more: boolean;
    readonly first_id: string | null;
    readonly last_id: string | null;
  }

  it("lists the chat models, whole or in pages", async () => {
    const { laplas } = await createPair();
    const page = async (query: string): Promise<Page> =>
      (await laplas.fetch(`http://x/v1/models${query}`, { headers: VERSION })).json() as Promise<Page>;
    const all = await page("");
    expect(all).toMatchObject({ has_more: false, first_id: all.data[0]?.id, last_id: all.data.at(-1)?.id });
    const mini = all.data.find(({ id }) => id === "gpt-4o-mini");
    expect(mini).toMatchObject({ type: "model", display_name: "gpt-4o-mini", max_tokens: 512 });
    expect(mini?.created_at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(all.data.some(({ id }) => id === "flux/schnell")).toBe(false);

    const ids = all.data.map(({ id }) => id);
    const first = await page("?limit=2");
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const next = await page(`?limit=2&after_id=${encodeURIComponent(ids[1] ?? "")}`);
    expect(next.data.map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const back = await page(`?limit=2&before_id=${encodeURIComponent(ids[3] ?? "")}`);
    expect([back.data.map(({ id }) => id), back.has_more]).toEqual([ids.slice(1, 3), true]);
    const last = await page(`?limit=1000&after_id=${encodeURIComponent(ids.at(-2) ?? "")}`);
    expect([last.data.map(({ id }) => id), last.has_more]).toEqual([ids.slice(-1), false]);
    const end = await page(`?after_id=${encodeURIComponent(ids.at(-1) ?? "")}`);
    expect(end).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });

  it.each(["?limit=0", "?limit=1001", "?limit=x", "?after_id=nope", "?before_id=nope"])("refuses %s", async (query) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(`http://x/v1/models${query}`, { headers: VERSION });
    expect([response.status, await response.json()]).toMatchObject([400, { type: "error" }]);
  });

  it("gives one, or says that there is none", async () => {
    const { laplas } = await createPair();
    const one = await laplas.fetch("http://x/v1/models/gpt-4o-mini", { headers: VERSION });
    expect(await one.json()).toMatchObject({ type: "model", id: "gpt-4o-mini" });
    expect(one.headers.get("request-id")).toMatch(/./);
    const none = await laplas.fetch("http://x/v1/models/nope", { headers: VERSION });
    expect([none.status, await none.json()]).toMatchObject([
      404,
      { type: "error", error: { type: "not_found_error" } },
    ]);
  });

  it("stays in OpenAI's shape for others", async () => {
    const { laplas } = await createPair();
    expect(await (await laplas.fetch("http://x/v1/models")).json()).toMatchObject({ object: "list" });
  });
});
