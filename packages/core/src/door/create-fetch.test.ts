import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createParser } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { API_KEY, ask, createPair, createTestEngine, meeting, rejection } from "../testing/engine.js";
import { createGate } from "../testing/gate.js";
import { chunk, errorBody, eventStream, refusedURL, serve } from "../testing/server.js";

const PROMPT = "the heron waits by the mill until the evening";

function post(body: unknown, init: RequestInit = {}): RequestInit {
  return { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), ...init };
}

const CHAT = "https://api.openai.com/v1/chat/completions";

function eventsOf(text: string): string[] {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(data) });
  parser.feed(text);
  return events;
}

interface WireBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
  };
}

describe("the fetch door", () => {
  it("answers a chat in OpenAI's shape, its story in headers", async () => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(CHAT, post(ask("Hello", { max_tokens: 900 })));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("application/json");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "x-laplas-api-tokens": "16",
      "x-laplas-usage": "tokens",
      "x-laplas-adjusted": "max_tokens=512",
      "x-laplas-remaining": "49984",
      "x-laplas-resets-at": expect.stringMatching(/^\d{4}-\d\d-\d\dT00:00:02\.000Z$/),
      "x-laplas-waited-ms": expect.stringMatching(/^\d+$/),
    });
    expect(await response.json()).toMatchObject({
      object: "chat.completion",
      usage: { prompt_tokens: 8, total_tokens: expect.any(Number), api_tokens: 16 },
    });
  });

  test.each([
    "http://127.0.0.1:9/chat/completions",
    "https://eu.example.com/some/prefix/v1/chat/completions/",
    "/chat/completions",
    new URL(CHAT),
    new Request(CHAT),
  ])("takes the path alone from %s", async (input) => {
    const { laplas, sandbox } = await createPair();
    expect((await laplas.fetch(input, post(ask("Hello")))).status).toBe(200);
    expect(sandbox.requests[0]?.path).toBe("/v1/chat/completions");
  });

  it("forwards no header of the caller, and no query", async () => {
    const { laplas, sandbox } = await createPair();
    const headers = {
      authorization: "Bearer sk-somebody-elses",
      "openai-organization": "org-1",
      "x-api-key": "other",
      cookie: "a=b",
      "user-agent": "OpenAI/JS",
      "x-stainless-lang": "js",
    };
    await laplas.fetch(`${CHAT}?api-version=1`, post(ask("Hello"), { headers }));
    const sent = JSON.stringify(sandbox.requests[0]);
    for (const value of ["somebody", "org-1", "other", "a=b", "OpenAI/JS", "stainless", "api-version"]) {
      expect(sent).not.toContain(value);
    }
  });

  test.each([
    ["POST", "/v1/audio/speech"],
    ["POST", "/v1/conversations"],
    ["POST", "/v1/models/gemini-pro:generateContent"],
    ["OPTIONS", "/v1/conversations"],
    ["GET", "/v1beta/models"],
    ["GET", "/"],
  ])("%s %s: 404 that names the path and what there is, and nothing is sent", async (method, path) => {
    const { laplas, sandbox } = await createPair();
    const response = await laplas.fetch(`http://x${path}`, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get("x-should-retry")).toBe("false");
    const { error } = (await response.json()) as WireBody;
    expect(error).toMatchObject({ type: "invalid_request_error", code: "unknown_path" });
    expect(error.message).toContain(`"${method} ${path}"`);
    expect(error.message).toMatch(/POST \/v1\/chat\/completions/);
    expect(sandbox.counts().received).toBe(0);
  });

  test.each([
    ["/v1/chat/completions", "POST, OPTIONS", ["GET", "HEAD", "DELETE", "PUT"]],
    ["/embeddings/", "POST, OPTIONS", ["GET"]],
    ["/v1/responses", "POST, OPTIONS", ["GET", "HEAD", "DELETE"]],
    ["/v1/images/generations", "POST, OPTIONS", ["PATCH"]],
    ["/v1/models", "GET, HEAD, OPTIONS", ["POST", "DELETE"]],
    ["/v1/models/gpt-4o-mini", "GET, HEAD, OPTIONS", ["DELETE"]],
  ])("%s takes %s: OPTIONS says so, other methods are a 405", async (path, allow, others) => {
    const { laplas, sandbox } = await createPair();
    const told = await laplas.fetch(`http://x${path}`, { method: "OPTIONS" });
    expect([told.status, told.headers.get("allow")]).toEqual([204, allow]);
    for (const method of others) {
      const refused = await laplas.fetch(`http://x${path}`, { method });
      expect([method, refused.status, refused.headers.get("allow")]).toEqual([method, 405, allow]);
    }
    expect(sandbox.counts().received).toBe(0);
  });

  test.each(["/v1/models", "/v1/models/gpt-4o-mini", "/v1/models/none", "/v1/files", "/v1/embeddings"])(
    "HEAD %s is its GET without the body",
    async (path) => {
      const { laplas } = await createPair();
      const got = await laplas.fetch(`http://x${path}`);
      const head = await laplas.fetch(`http://x${path}`, { method: "HEAD" });
      expect([head.status, await head.text()]).toEqual([got.status, ""]);
      expect([...head.headers.keys()]).toEqual([...got.headers.keys()]);
    },
  );

  it("lists the catalog as OpenAI lists models", async () => {
    const { laplas } = await createPair();
    const list = await (await laplas.fetch("http://x/v1/models")).json();
    expect(list).toMatchObject({
      object: "list",
      data: expect.arrayContaining([expect.objectContaining({ id: "gpt-4o-mini", object: "model" })]),
    });
  });

  test.each<[string, string | undefined]>([
    ["no JSON", `{"messages": "${PROMPT}`],
    ["nothing", undefined],
    ["a list", "[]"],
    ["a text", '"hello"'],
    ["null", "null"],
  ])("a body that is %s is a 400", async (_, body) => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(CHAT, { method: "POST", ...(body === undefined ? {} : { body }) });
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text).not.toContain("heron");
    expect(JSON.parse(text)).toMatchObject({
      error: { type: "invalid_request_error", code: "free_tier_invalid_request" },
    });
  });

  describe("errors", () => {
    const image = [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }];
    test.each<[string, object, number, string, string | null]>([
      [
        "an image attachment",
        { messages: [{ role: "user", content: image }] },
        400,
        "free_tier_image_input",
        "messages[0].content",
      ],
      ["an unknown model", { model: "gpt4o-mni" }, 404, "model_not_found", "model"],
      ["a video model", { model: "veo2" }, 404, "model_not_found", "model"],
      ["no messages", { messages: [] }, 400, "free_tier_invalid_request", "messages"],
      ["a negative number", { max_tokens: -5 }, 400, "free_tier_invalid_request", "max_tokens"],
      ["a model of another endpoint", { model: "text-embedding-3-small" }, 400, "free_tier_invalid_request", "model"],
    ])("%s: refused here, never sent", async (_, fields, status, code, param) => {
      const { laplas, sandbox } = await createPair();
      const response = await laplas.fetch(CHAT, post(ask("Hello", fields)));
      expect(response.status).toBe(status);
      expect(response.headers.get("x-should-retry")).toBe("false");
      expect(response.headers.get("retry-after")).toBe(status === 404 ? "86400" : null);
      expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", code, param } });
      expect(sandbox.counts().received).toBe(0);
    });

    it("a spent day is a 429 until the reset, in the words that hosts act on", async () => {
      const at = Date.parse("2026-03-10T12:00:00.500Z");
      const tier = { name: "small", title: "laplas free tier", rules: [], extends: "free" } as const;
      const small = {
        ...tier,
        rules: [
          {
            id: "daily_api_tokens",
            kind: "window",
            meter: "credits",
            limit: 16,
            period: { type: "day" },
            evidence: { source: "test", date: "2026-01-01", status: "assumed" },
          },
        ],
      } as const;
      const { laplas, sandbox } = await createPair({ tier: small, now: () => at });
      await laplas.fetch(CHAT, post(ask("Hello")));
      const response = await laplas.fetch(CHAT, post(ask("Hello")));
      expect(response.status).toBe(429);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "retry-after": "43202",
        "x-should-retry": "false",
        "x-laplas-code": "daily_quota",
        "x-laplas-rule": "daily_api_tokens",
        "x-laplas-resets-at": "2026-03-11T00:00:02.000Z",
      });
      const { error } = (await response.json()) as WireBody;
      expect(error).toMatchObject({ type: "rate_limit_error", param: null, code: "free_tier_daily_quota" });
      expect(error.message).toMatch(
        /^laplas free tier: daily quota used up \(.*\)\. It will reset at 2026-03-11T00:00:02\.000Z\./,
      );
      expect(error.message).not.toMatch(/insufficient_quota|credits exhausted|payment required/i);
      expect(sandbox.counts().received).toBe(1);
    });

    test.each<[string, number, string, Record<string, string>, number, string, string, string | null]>([
      ["a wrong key", 401, "{}", {}, 401, "free_tier_authentication", "false", "300"],
      ["a pause", 429, "{}", { "retry-after": "7" }, 429, "free_tier_rate_limited", "true", "7"],
      ["their fault", 500, errorBody(500, "down"), {}, 503, "free_tier_unavailable", "true", null],
      ["their time-out", 504, errorBody(504, "late"), {}, 504, "free_tier_timeout", "true", null],
      // Behind these the request may still run.
      ["a page of a proxy in front", 502, "<html>", {}, 503, "free_tier_unavailable", "true", "5"],
      ["the time-out of a proxy in front", 504, "", {}, 504, "free_tier_timeout", "true", "5"],
      ["an unknown 403", 403, "Forbidden", {}, 502, "unexpected_response", "false", null],
      ["an overflow", 400, "maximum context length is 5", {}, 400, "free_tier_context_length", "false", null],
    ])("%s of the upstream", async (_, status, body, headers, answered, code, retry, after) => {
      const url = await serve((__, response) => {
        response.writeHead(status, headers).end(body);
      });
      const { laplas } = createTestEngine(url);
      const response = await laplas.fetch(CHAT, post(ask("Hello")));
      expect(response.status).toBe(answered);
      expect(response.headers.get("x-should-retry")).toBe(retry);
      expect(response.headers.get("retry-after")).toBe(after);
      const { error } = (await response.json()) as WireBody;
      expect(error.code.replace("free_tier_", "")).toBe(code.replace("free_tier_", ""));
    });

    it("an upstream that is gone is a 503, and the engine leaves trying again to its client", async () => {
      const { laplas, events } = createTestEngine(await refusedURL(), { maxRetries: 5 });
      const response = await laplas.fetch(CHAT, post(ask("Hello")));
      expect(response.status).toBe(503);
      expect(events.filter(({ type }) => type === "retry")).toEqual([]);
    });

    it("busy is a 429 that asks for two seconds at least", async () => {
      const gate = createGate();
      const { laplas } = await createPair({ patienceMs: 0, fetch: gate.fetch });
      const first = laplas.fetch(CHAT, post(ask("Hello")));
      await gate.reached;
      const response = await laplas.fetch(CHAT, post(ask("Hello")));
      expect(response.status).toBe(429);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThanOrEqual(2);
      expect(response.headers.get("x-should-retry")).toBe("true");
      expect(await response.json()).toMatchObject({ error: { code: "free_tier_busy" } });
      gate.open();
      expect((await first).status).toBe(200);
    });

    it("of ours tell nothing of the inside", async () => {
      const ledger = {
        name: "memory",
        shared: false,
        reserve: () => Promise.reject(new Error(`broken ${API_KEY}`)),
        settle: () => Promise.resolve(true),
        teach: () => Promise.resolve(),
      };
      const { laplas } = await createPair({ ledger: ledger as never });
      const response = await laplas.fetch(CHAT, post(ask(PROMPT)));
      expect(response.status).toBe(500);
      expect(await response.text()).not.toMatch(/broken|heron/);
    });
  });

  describe("streams", () => {
    it("are the upstream's events, byte for byte, without the usage that nobody asked for", async () => {
      const sent = [chunk("a"), { ...chunk("b"), "x  y": "kept" }, chunk("", "stop")];
      const usage = { choices: [], usage: { total_tokens: 5 } };
      const url = await serve((_, response) => {
        response.writeHead(200).end(`: hello\n\n${eventStream(...sent, usage, "[DONE]")}`);
      });
      const { laplas } = createTestEngine(url);
      for (const include_usage of [false, true]) {
        const response = await laplas.fetch(
          CHAT,
          post(ask("Hello", { stream: true, stream_options: { include_usage } })),
        );
        expect(response.headers.get("content-type")).toMatch(/^text\/event-stream/);
        expect(response.headers.has("x-laplas-api-tokens")).toBe(false);
        expect(response.headers.get("x-laplas-usage")).toBe("tokens");
        const text = await response.text();
        const events = eventStream(...sent);
        expect(text.slice(0, events.length)).toBe(events);
        const rest = eventsOf(text.slice(events.length));
        expect(rest.pop()).toBe("[DONE]");
        expect(rest.map((event) => JSON.parse(event))).toMatchObject(
          include_usage ? [{ choices: [], usage: { total_tokens: expect.any(Number), api_tokens: 5 } }] : [],
        );
      }
    });

    it("may have events of several lines", async () => {
      const lines = JSON.stringify(chunk("a"), null, 2).split("\n");
      const event = `${lines.map((line) => `data: ${line}\n`).join("")}\n`;
      const url = await serve((_, response) => {
        response.writeHead(200).end(event + eventStream(chunk("", "stop"), "[DONE]"));
      });
      const { laplas } = createTestEngine(url);
      const text = await (await laplas.fetch(CHAT, post(ask("Hello", { stream: true })))).text();
      expect(eventsOf(text).map((data) => (data === "[DONE]" ? data : JSON.parse(data)))).toEqual([
        chunk("a"),
        chunk("", "stop"),
        "[DONE]",
      ]);
    });

    it("that break end with an error event and no [DONE]", async () => {
      const { laplas, sandbox } = await createPair();
      sandbox.fault({ kind: "cut", afterChunks: 2 });
      const response = await laplas.fetch(CHAT, post(ask("Write 50 words about herons.", { stream: true })));
      const events = eventsOf(await response.text());
      expect(JSON.parse(events.at(-1) ?? "")).toMatchObject({
        error: { type: "api_error", code: "free_tier_network" },
      });
      expect(events).not.toContain("[DONE]");
    });

    it("that are refused are plain answers with a status", async () => {
      const { laplas } = await createPair();
      const response = await laplas.fetch(CHAT, post(ask("Hello", { stream: true, model: "veo2" })));
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toContain("json");
    });

    it("whose reader leaves are read on for their cost; the next call waits for that", async () => {
      const { laplas, sandbox } = await createPair();
      const response = await laplas.fetch(CHAT, post(ask("Write 60 words about herons.", { stream: true })));
      const reader = response.body?.getReader();
      await reader?.read();
      await reader?.cancel();
      expect((await laplas.fetch(CHAT, post(ask("Hello")))).status).toBe(200);
      expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
    });
  });

  describe("an abort", () => {
    it("before the call rejects with the reason, as any fetch does", async () => {
      const { laplas, sandbox } = await createPair();
      const signal = AbortSignal.abort(new Error("gone"));
      expect(await rejection(laplas.fetch(CHAT, post(ask("Hello"), { signal })))).toMatchObject({ message: "gone" });
      expect(sandbox.counts().received).toBe(0);
    });

    it("while it runs rejects", async () => {
      const { laplas, sandbox } = await createPair();
      const running = meeting(sandbox, { kind: "stall" });
      const controller = new AbortController();
      const call = rejection(laplas.fetch(CHAT, post(ask("Hello"), { signal: controller.signal })));
      await running;
      controller.abort();
      expect(await call).toMatchObject({ name: "AbortError" });
    });

    it("in mid-stream breaks the body with the reason: no error event, which an SDK would throw instead", async () => {
      const { laplas, sandbox } = await createPair();
      sandbox.fault({ kind: "stall", afterChunks: 3 });
      const controller = new AbortController();
      const init = post(ask("Write 60 words about herons.", { stream: true }), { signal: controller.signal });
      const reader = (await laplas.fetch(CHAT, init)).body?.getReader();
      await reader?.read();
      controller.abort();
      const rest = async () => {
        for (;;) if ((await reader?.read())?.done !== false) return "ended";
      };
      expect(await rejection(rest())).toMatchObject({ name: "AbortError" });
    });

    it("is heard however long the stream runs, also after the garbage is collected", async () => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const { laplas, sandbox } = await createPair();
      sandbox.fault({ kind: "stall", afterChunks: 3 });
      const controller = new AbortController();
      const init = post(ask("Write 60 words about herons.", { stream: true }), { signal: controller.signal });
      const reader = (await laplas.fetch(CHAT, init)).body?.getReader();
      await reader?.read();
      for (let round = 0; round < 5; round += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        collect();
      }
      controller.abort();
      const rest = async () => {
        for (;;) if ((await reader?.read())?.done !== false) return "ended";
      };
      expect(await rejection(rest())).toMatchObject({ name: "AbortError" });
    });
  });

  it("takes a prompt of 10 MB, and refuses it without repeating it", async () => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(CHAT, post(ask("lorem ipsum ".repeat(900_000))));
    expect(response.status).toBe(400);
    const text = await response.text();
    expect(text.length).toBeLessThan(1_000);
    expect(text).not.toContain("lorem ipsum");
  });
});

/** Words by which LiteLLM takes a body for something to retry. */
const RETRY_WORDS =
  /\b429\b|rate[\s_-]*limit|timed[\s_-]*out|request too large|context[\s_-]*length|insufficient_quota|read operation timed out/i;

describe("whatever a caller sends", () => {
  const bait = fc
    .constantFrom(
      "429",
      "rate limit",
      "RATE_LIMIT",
      "Request timed out",
      "Request too large",
      "context length",
      "insufficient_quota",
      "rate-limit exceeded",
    )
    .chain((word) =>
      fc.constantFrom(
        word,
        word.toUpperCase(),
        word.replace(/ /g, "  "),
        word.replace(/ /g, "\n"),
        word.replace(/ /g, "\u200b"),
        word.replace(/ /g, "\u00a0"),
        ` ${word} `,
        `a${word}`,
        word + word,
        // Taken out, the middle one would leave another behind.
        word.slice(0, 2) + word + word.slice(2),
      ),
    );
  const text = fc.oneof(
    bait,
    fc.string({ maxLength: 30 }),
    fc.tuple(bait, fc.string({ maxLength: 90 })).map((parts) => parts.join("")),
  );
  const value = fc.oneof(
    text,
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.constant([]),
    fc.constant({}),
    fc.constant(429),
    fc.constant(-429),
  );
  const content = fc.oneof(
    fc.constant(PROMPT),
    fc.array(
      fc.record({ type: fc.oneof(fc.constantFrom("text", "image_url", "image"), text), text: fc.constant(PROMPT) }),
      { maxLength: 3 },
    ),
  );
  const message = fc
    .tuple(
      fc.record({ role: fc.oneof(fc.constantFrom("user", "system", "tool", "assistant"), text), content }),
      fc.dictionary(text, value, { maxKeys: 1 }),
    )
    .map(([known, more]) => ({ ...more, ...known }));
  const chat = fc
    .tuple(
      fc.record({
        model: fc.oneof(
          { weight: 3, arbitrary: fc.constantFrom("gpt-4o-mini", "claude-3-haiku-20240307", "gpt-4o-mini", "veo2") },
          { weight: 2, arbitrary: text },
        ),
        messages: fc.oneof({ weight: 6, arbitrary: fc.array(message, { minLength: 1, maxLength: 3 }) }, value),
      }),
      fc.dictionary(
        fc.oneof(
          fc.constantFrom(
            "max_tokens",
            "max_completion_tokens",
            "temperature",
            "n",
            "stream",
            "tools",
            "thinking",
            "stop",
            "response_format",
          ),
          text,
        ),
        value,
        { maxKeys: 3 },
      ),
    )
    .map(([known, more]) => ["/chat/completions", { ...more, ...known }] as const);
  const embedding = fc
    .tuple(
      fc.record({
        model: fc.oneof(fc.constantFrom("text-embedding-3-small", "BAAI/bge-base-en-v1.5", "gpt-4o"), text),
        input: fc.oneof(fc.constant(PROMPT), fc.array(fc.oneof(fc.constant(PROMPT), value), { maxLength: 3 }), value),
      }),
      fc.dictionary(text, value, { maxKeys: 2 }),
    )
    .map(([known, more]) => ["/embeddings", { ...more, ...known }] as const);
  const image = fc
    .tuple(
      fc.record({ model: fc.oneof(fc.constantFrom("flux/schnell", "dall-e-3"), text), prompt: fc.constant(PROMPT) }),
      fc.dictionary(fc.oneof(fc.constantFrom("n", "size", "num_images", "image_size"), text), value, { maxKeys: 2 }),
    )
    .map(([known, more]) => ["/images/generations", { ...more, ...known }] as const);
  const elsewhere = fc
    .tuple(text, value)
    .map(([path, body]) => [`/${encodeURIComponent(path.toWellFormed())}`, { body }] as const);

  it("no fatal answer makes LiteLLM retry, and none holds the key or the prompt", async () => {
    const wrongKey = await createPair({}, { apiKeys: ["another"] });
    const url = await serve((request, response, heard) => {
      // An upstream that says back all it heard.
      const prompt = heard.includes(PROMPT) ? PROMPT : "";
      const said = `${request.headers.authorization} ${prompt} rate limit exceeded 429: Request timed out`;
      response
        .writeHead(404, { "content-type": "application/json" })
        .end(JSON.stringify({ message: said, requestId: said }));
    });
    const engines = [
      wrongKey.laplas,
      createTestEngine(url).laplas,
      createTestEngine(url, { onExcess: "refuse", unknownModels: "send" }).laplas,
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(chat, embedding, image, elsewhere),
        fc.nat(engines.length - 1),
        async ([path, body], index) => {
          const response = await engines[index]?.fetch(`http://x/v1${path}`, post(body));
          const text = (await response?.text()) ?? "";
          const headers = JSON.stringify([...(response?.headers ?? [])]);
          expect(response?.ok).toBe(false);
          const { error } = JSON.parse(text) as WireBody;
          expect(Object.keys(error).toSorted()).toEqual(["code", "message", "param", "type"]);
          for (const shown of [text, headers]) {
            expect(shown).not.toContain(API_KEY);
            expect(shown).not.toContain("heron waits");
          }
          expect(text.length).toBeLessThan(1_500);
          expect(response?.headers.get("x-should-retry")).toBe("false");
          const words = [text, error.message, error.param ?? "", error.code].join("\n");
          expect(words.match(RETRY_WORDS)?.[0]).toBeUndefined();
          if (error.type === "invalid_request_error") expect(response?.status).toBeLessThan(500);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test.each(["429", "RATE-LIMIT", "rate_limit"])("a method like %s is not repeated as it is", async (method) => {
    const { laplas } = await createPair();
    const text = await (await laplas.fetch("http://x/v1/nowhere", { method })).text();
    expect(text).not.toMatch(RETRY_WORDS);
  });

  test.each(["valueOf", "constructor", "__proto__", "toString"])(
    "a field named %s is a field like any other",
    async (name) => {
      const { laplas } = await createPair();
      const body = `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}],"${name}":-429}`;
      expect((await laplas.fetch(CHAT, post(body))).status).toBe(200);
    },
  );

  it("a field name in any script is reported in a header that can be sent", async () => {
    const { laplas } = await createPair();
    const response = await laplas.fetch(CHAT, post(ask("Hi", { "имя 😀": 1, "a\r\nb": 1 })));
    expect(response.ok).toBe(true);
    expect(response.headers.get("x-laplas-adjusted")).toContain("a__b=removed");
  });

  it("a field name of a megabyte does not come back", async () => {
    const { laplas } = await createPair();
    const name = "x".repeat(1_000_000);
    const bodies = [
      `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],"${name}":1e999}`,
      JSON.stringify({ ...ask("Hi"), model: name }),
    ];
    for (const body of bodies) {
      const response = await laplas.fetch(CHAT, post(body));
      expect(response.ok).toBe(false);
      expect((await response.text()).length).toBeLessThan(1_500);
    }
    for (const body of [
      ask("Hi", { messages: [{ role: "user", content: "Hi", [name]: 1 }] }),
      ask("Hi", { [name]: 1 }),
    ]) {
      const response = await laplas.fetch(CHAT, post(body));
      expect(response.ok).toBe(true);
      expect(response.headers.get("x-laplas-adjusted")?.length).toBeLessThan(200);
      expect(await response.text()).not.toContain("xxxx");
    }
    const embedding = await laplas.fetch(
      "/embeddings",
      post({ model: "text-embedding-3-small", input: "a", [name]: 1 }),
    );
    expect((await embedding.text()).length).toBeLessThan(1_500);
  });
});
