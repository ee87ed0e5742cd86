import { describe, expect, it } from "vitest";
import { isLaplasError } from "../errors/laplas-error.js";
import { ask, rejection } from "../testing/engine.js";
import { answerOf, createTestPool, documentOf, errorOf, ruleOf, streamOf, windowOf } from "../testing/pool.js";

const NOON = Date.parse("2026-11-10T12:00:00.000Z");
const hello = { messages: [{ role: "user", content: "Hello" }] } as const;
const any = { ...hello, model: "auto" };
const two = (left = 100, right = 100) => [documentOf("one", [windowOf(left)]), documentOf("two", [windowOf(right)])];
const call = (id: string, name = "look") => ({ id, type: "function" as const, function: { name, arguments: "{}" } });

describe("a call with several targets", () => {
  it("goes to the first that admits it, which its report and header name", async () => {
    const { engine, asked } = createTestPool(two(1), () => answerOf("Hi"), { now: () => NOON });
    expect((await engine.chat(any)).laplas).toMatchObject({ provider: "one", attempts: 1 });
    expect((await engine.chat(any)).laplas).toMatchObject({ provider: "two", attempts: 1 });
    const response = await engine.fetch("http://x/v1/chat/completions", { method: "POST", body: JSON.stringify(any) });
    expect(response.headers.get("x-laplas-provider")).toBe("two");
    expect(asked()).toEqual(["one", "two", "two"]);
  });

  it("asks a provider by the model's own name there", async () => {
    const routes = { fast: ["two/two-model", "one-model"] };
    const { engine, heard } = createTestPool(two(), () => answerOf("Hi"), { routes });
    for (const model of ["fast", "one/one-model", "two-model", "auto:tools"])
      await engine.chat({ model, messages: [{ role: "user", content: model }] });
    expect(heard.map(({ provider, model }) => [provider, model])).toEqual([
      ["two", "two-model"],
      ["one", "one-model"],
      ["two", "two-model"],
      ["one", "one-model"],
    ]);
  });

  it.each([
    ["a quota that is used up", () => errorOf(429, "quota exceeded for today")],
    ["a rate", () => errorOf(429, "slow down", { "retry-after": "30" })],
    ["a request it does not take", () => errorOf(400, "no such field")],
    ["a wrong key", () => errorOf(401, "wrong key")],
    ["a wish to be paid", () => errorOf(402, "pay first")],
    ["an error page", () => new Response("<html>", { status: 502 })],
    ["its being gone", () => errorOf(410, "gone")],
    ["a broken connection", () => Promise.reject(new TypeError("fetch failed"))],
    ["no JSON", () => new Response("?", { status: 200 })],
    [
      "an error as OpenRouter ends an answer with it",
      (isStreamed: boolean) => {
        const ended = { index: 0, message: { content: "" }, delta: { content: "" }, finish_reason: "error" };
        const broken = { id: "1", model: "m", choices: [ended], error: { code: 502, message: "host down" } };
        return isStreamed
          ? new Response(`: OPENROUTER PROCESSING\n\ndata: ${JSON.stringify(broken)}\n\ndata: [DONE]\n\n`)
          : Response.json(broken);
      },
    ],
  ])("moves on from %s, whole and streamed", async (_, refuse) => {
    const { engine, asked, events } = createTestPool(two(), ({ provider, body }) => {
      if (provider === "one") return refuse(body.stream === true);
      return body.stream === true ? streamOf(["Hi"]) : answerOf("Hi");
    });
    expect((await engine.chat(any)).laplas).toMatchObject({ provider: "two", attempts: 2 });
    let text = "";
    for await (const { choices } of engine.chatStream(any)) text += choices[0]?.delta.content ?? "";
    expect(text).toBe("Hi");
    expect(asked().filter((name) => name === "two")).toHaveLength(2);
    const calls = events.filter(({ type }) => type === "call");
    expect(calls).toMatchObject([
      { outcome: "answered", provider: "two" },
      { outcome: "answered", provider: "two" },
    ]);
  });

  it("moves on from a stream that breaks before its first event, and not after it", async () => {
    const { engine, asked } = createTestPool(two(), ({ provider }) =>
      provider === "two"
        ? streamOf(["from two"])
        : streamOf(asked().length === 1 ? [undefined] : ["from one", undefined]),
    );
    const read = async (): Promise<string> => {
      let text = "";
      for await (const { choices } of engine.chatStream({ ...hello, model: "auto" }))
        text += choices[0]?.delta.content ?? "";
      return text;
    };
    expect(await read()).toBe("from two");
    // The conversation stays where it was answered: another one begins at the first again.
    const other = engine.chatStream({ model: "auto", messages: [{ role: "user", content: "Other" }] });
    const error = await rejection(
      (async () => {
        for await (const _ of other);
      })(),
    );
    expect(error).toMatchObject({ code: "network" });
    expect(asked()).toEqual(["one", "two", "one"]);
  });

  it.each([
    ["does not take the key", () => errorOf(401, "wrong key")],
    [
      "can't be reached",
      () => Promise.reject(Object.assign(new TypeError("fetch failed"), { cause: { code: "ECONNREFUSED" } })),
    ],
    ["calls the request wrong at three of them", () => errorOf(400, "no such field"), ["one", "one", "one", "two"]],
  ])("asks no other model of a provider that %s", async (_, refuse, order: string[] = ["one", "two"]) => {
    const models = ["a", "b", "c", "d"].map((id) => ({ id, modality: "chat" as const }));
    const { engine, asked } = createTestPool(
      [documentOf("one", [windowOf(100)], { models }), documentOf("two", [windowOf(100)])],
      ({ provider }) => (provider === "one" ? refuse() : answerOf("Hi")),
    );
    expect((await engine.chat(any)).laplas.provider).toBe("two");
    expect(asked()).toEqual(order);
  });

  it("does not ask again what refused for the day", async () => {
    const { engine, asked } = createTestPool(
      two(),
      ({ provider }) =>
        provider === "one" ? errorOf(429, "daily quota exceeded", { "retry-after": "40000" }) : answerOf("Hi"),
      { now: () => NOON },
    );
    for (let index = 0; index < 4; index += 1) await engine.chat(any);
    expect(asked()).toEqual(["one", "two", "two", "two", "two"]);
  });

  it("fails, where nobody answers, with the first time and a line for each", async () => {
    const { engine, asked } = createTestPool(two(1, 1), () => answerOf("Hi"), { now: () => NOON });
    for (const content of ["1", "2"]) await engine.chat({ model: "auto", messages: [{ role: "user", content }] });
    const error = await rejection(engine.chat(any));
    expect(error).toMatchObject({ code: "daily_quota", retryable: false, resetsAt: new Date("2026-11-11T00:00:00Z") });
    const lines = (error as Error).message.split("\n");
    expect(lines[0]).toBe('None of the 2 models of "auto" can answer now. The first can in 12 h: one/one-model.');
    expect(lines[1]).toMatch(/^- one\/one-model: one's free tier: daily quota used up \(1 of 1 requests/);
    expect(lines[2]).toMatch(/^- two\/two-model: two's free tier: daily quota used up/);
    expect(asked()).toHaveLength(2);
    const response = await engine.fetch("http://x/v1/chat/completions", { method: "POST", body: JSON.stringify(any) });
    expect(response.status).toBe(429);
    expect(response.headers.get("retry-after")).toBe(String(12 * 3600));
  });

  it("fails as its only target would, and in its words where all refuse the request alike", async () => {
    const { engine, asked } = createTestPool(two(), () => errorOf(400, "messages: no such role"));
    const one = await rejection(engine.chat({ ...hello, model: "one/one-model" }));
    const both = await rejection(engine.chat(any));
    expect(both).toMatchObject({ code: "invalid_request", message: (one as Error).message });
    expect(asked()).toEqual(["one", "one", "two"]);
  });

  it("asks all again after a pause, as often as a call is retried, and at the door never", async () => {
    let down = true;
    const { engine, asked, events } = createTestPool(
      two(),
      () => (down ? errorOf(503, "overloaded") : answerOf("Hi")),
      {
        maxRetries: 1,
      },
    );
    const answered = engine.chat(any);
    await expect.poll(() => events.some(({ type }) => type === "retry")).toBe(true);
    down = false;
    expect((await answered).laplas.attempts).toBe(3);
    expect(asked()).toEqual(["one", "two", "one"]);
    down = true;
    const response = await engine.fetch("http://x/v1/chat/completions", {
      method: "POST",
      body: JSON.stringify({ model: "auto", messages: [{ role: "user", content: "Other" }] }),
    });
    expect(response.status).toBe(503);
    expect(asked()).toHaveLength(5);
  });
});

it("asks a target again after a pause that it names, though it has failed in another way before", async () => {
  const answers = [
    () => errorOf(503, "overloaded"),
    () => errorOf(429, "Too fast. Please try again in 10ms."),
    () => answerOf("Hi"),
  ];
  const { engine, asked, events } = createTestPool(
    two(),
    ({ provider }) => (provider === "two" ? errorOf(400, "no") : (answers.shift()?.() ?? answerOf(""))),
    { maxRetries: 1, now: () => NOON },
  );
  expect((await engine.chat(any)).laplas).toMatchObject({ provider: "one", attempts: 4 });
  expect(asked()).toEqual(["one", "two", "one", "one"]);
  const [id, model] = [expect.any(String), "one-model"];
  expect(events.filter(({ type }) => type === "waiting")).toMatchObject([
    { state: "waits", id, provider: "one", model, position: 0, until: new Date(NOON + 10) },
    { state: "over", id, provider: "one", model },
  ]);
});

describe("a target that is busy", () => {
  const busy = (id: string) =>
    documentOf(id, [windowOf(100), ruleOf({ id: "one_at_once", kind: "concurrency", limit: 1 })]);

  it("is passed over for one that is free; where none is, the call waits, and takes whichever is free first", async () => {
    const gates = { one: Promise.withResolvers<void>(), two: Promise.withResolvers<void>() };
    const { engine, asked } = createTestPool([busy("one"), busy("two")], async ({ provider }) => {
      if (asked().filter((name) => name === provider).length === 1) await gates[provider as "one"].promise;
      return answerOf(`from ${provider}`);
    });
    const text = async (content: string): Promise<string | null> => {
      const answer = await engine.chat({ model: "auto", messages: [{ role: "user", content }] });
      return answer.choices[0]?.message.content as string | null;
    };
    const first = text("1");
    await expect.poll(asked).toEqual(["one"]);
    const second = text("2");
    await expect.poll(asked).toEqual(["one", "two"]);
    const third = text("3");
    await expect.poll(async () => (await engine.statuses()).map(({ waiting }) => waiting)).toEqual([1, 0]);
    gates.two.resolve();
    expect(await second).toBe("from two");
    expect(await third).toBe("from two");
    expect((await engine.statuses()).map(({ waiting }) => waiting)).toEqual([0, 0]);
    gates.one.resolve();
    expect(await first).toBe("from one");
  });

  it("leaves no ticket where the caller goes", async () => {
    const gate = Promise.withResolvers<void>();
    const { engine } = createTestPool([busy("one"), busy("two")], async () => {
      await gate.promise;
      return answerOf("Hi");
    });
    const first = [engine.chat(any), engine.chat({ ...any, messages: [{ role: "user", content: "2" }] })];
    await expect.poll(async () => (await engine.statuses()).map(({ running }) => running)).toEqual([1, 1]);
    const controller = new AbortController();
    const third = engine.chat({ ...any, messages: [{ role: "user", content: "3" }] }, { signal: controller.signal });
    await expect.poll(async () => (await engine.statuses()).map(({ waiting }) => waiting)).toEqual([1, 0]);
    controller.abort("left");
    expect(await rejection(third)).toBe("left");
    await expect.poll(async () => (await engine.statuses()).map(({ waiting }) => waiting)).toEqual([0, 0]);
    gate.resolve();
    await Promise.all(first);
  });

  it("that accepts and never answers is left for one that admits the call, and is charged as uncertain", async () => {
    const { engine, asked, heard } = createTestPool(two(), ({ provider, signal }) => {
      if (provider === "two") return answerOf("Hi");
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
    });
    const answer = await engine.chat(any, { timeoutMs: 200 });
    expect(answer.laplas).toMatchObject({ provider: "two", attempts: 2 });
    expect(heard[0]?.signal?.aborted).toBe(true);
    expect(asked()).toEqual(["one", "two"]);
    const [one, other] = await engine.statuses();
    expect([one?.windows[0]?.used, other?.windows[0]?.used]).toEqual([1, 1]);
  });

  it("is waited for to the time-out where no other admits the call", async () => {
    const { engine, asked } = createTestPool(two(100, 1), ({ provider, signal }) => {
      if (provider === "two") return answerOf("Hi");
      return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason), { once: true }));
    });
    await engine.chat({ ...hello, model: "two/two-model" });
    const error = await rejection(engine.chat(any, { timeoutMs: 100 }));
    expect(asked()).toEqual(["two", "one"]);
    expect((error as Error).message).toContain("- one/one-model: ");
    expect((error as Error).message).toContain("no answer for 100 ms");
  });
});

describe("a conversation", () => {
  const history = (id: string) => [
    ...hello.messages,
    { role: "assistant", content: null, tool_calls: [call(id)] },
    { role: "tool", tool_call_id: id, content: "42" },
  ];
  const tools = [
    { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } },
  ] as const;

  it("stays where it was answered while that can, and each other begins in the order of the route", async () => {
    let isFull = true;
    const { engine, asked } = createTestPool(two(), ({ provider }) =>
      provider === "one" && isFull ? errorOf(400, "no") : answerOf("Hi"),
    );
    await engine.chat(any);
    isFull = false;
    await engine.chat({
      ...any,
      messages: [...hello.messages, { role: "assistant", content: "Hi" }, { role: "user", content: "More" }],
    });
    await engine.chat({ ...any, messages: [{ role: "user", content: "Another" }] });
    await engine.chat({ ...any, messages: [{ role: "user", content: "Named" }] }, { session: "s" });
    expect(asked()).toEqual(["one", "two", "two", "one", "one"]);
  });

  it.each(["whole", "streamed"])("waits for its target inside a turn of tools: %s", async (form) => {
    const minute = [documentOf("one", [windowOf(1, "minute"), windowOf(100)]), documentOf("two", [windowOf(100)])];
    let now = Date.parse("2026-11-10T12:00:59.900Z");
    const { engine, asked } = createTestPool(
      minute,
      ({ body }) => {
        if ((body.messages as unknown[]).length > 1) return answerOf("42 it is");
        if (form === "whole") return answerOf("", { content: null, tool_calls: [call("c1")] });
        const delta = { role: "assistant", tool_calls: [{ index: 0, ...call("c1") }] };
        const chunk = { id: "1", object: "chat.completion.chunk", created: 1, model: "m" };
        const events = [
          { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] },
          { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "tool_calls" }] },
        ].map((event) => `data: ${JSON.stringify(event)}\n\n`);
        return new Response(`${events.join("")}data: [DONE]\n\n`, { headers: { "content-type": "text/event-stream" } });
      },
      { now: () => now },
    );
    if (form === "whole") await engine.chat({ ...any, tools });
    else for await (const _ of engine.chatStream({ ...any, tools }));
    const turn = engine.chat({ ...any, tools, messages: history("c1") });
    await expect.poll(async () => (await engine.statuses())[0]?.waiting).toBe(1);
    now += 200;
    expect((await turn).laplas.provider).toBe("one");
    expect(asked()).toEqual(["one", "one"]);
  });

  it("goes on elsewhere inside a turn where its target is gone", async () => {
    const { engine, asked } = createTestPool(
      two(1),
      ({ body }) =>
        (body.messages as unknown[]).length > 1
          ? answerOf("42 it is")
          : answerOf("", { content: null, tool_calls: [call("c1")] }),
      { now: () => NOON },
    );
    await engine.chat({ ...any, tools });
    expect((await engine.chat({ ...any, tools, messages: history("c1") })).laplas.provider).toBe("two");
    expect(asked()).toEqual(["one", "two"]);
  });
});

describe("a target that does not fit", () => {
  it("is not asked while another does: tools, JSON", async () => {
    const plain = { tools: false, responseFormat: false };
    const documents = [
      documentOf("one", [windowOf(9)], { models: [{ id: "one-model", modality: "chat", capabilities: plain }] }),
      documentOf("two", [windowOf(1)]),
    ];
    const { engine, asked } = createTestPool(documents, () => answerOf("{}"), { now: () => NOON });
    await engine.chat({ ...any, response_format: { type: "json_object" } });
    expect(asked()).toEqual(["two"]);
    const tools = [
      { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } },
    ] as const;
    const error = await rejection(
      engine.chat({ model: "one/one-model", ...hello }).then(() => engine.chat({ ...any, tools })),
    );
    expect(error).toMatchObject({ code: "daily_quota" });
    expect((error as Error).message).toContain("- one/one-model: it is not known to call tools.");
    expect(asked()).toEqual(["two", "one"]);
  });

  it("is asked last where its tier cuts the answer below what was asked for, and where its context is tight", async () => {
    const short = ruleOf({ id: "output", kind: "maxOutputTokens", limit: 50 });
    const documents = [
      documentOf("one", [windowOf(9), short]),
      documentOf("two", [windowOf(9)], { models: [{ id: "two-model", modality: "chat", contextTokens: 300 }] }),
      documentOf("three", [windowOf(1)]),
    ];
    const { engine, asked } = createTestPool(documents, () => answerOf("Hi"), { now: () => NOON });
    const long = { role: "user", content: "word ".repeat(300) } as const;
    for (let index = 0; index < 2; index += 1)
      await engine.chat({ model: "auto", messages: [long], max_tokens: 200 }, { session: String(index) });
    await engine.chat({ ...any, max_tokens: 200 });
    await engine.chat({ ...any, messages: [{ role: "user", content: "Short" }], max_tokens: 20 });
    expect(asked()).toEqual(["three", "one", "two", "one"]);
  });

  it("is never asked where it may train on prompts and that is refused", async () => {
    const said = (value: "yes" | "no") => ({ terms: { training: { value, source: "a test", date: "2026-11-01" } } });
    const documents = [documentOf("one", [windowOf(9)], said("yes")), documentOf("two", [windowOf(9)], said("no"))];
    const routes = {
      careful: { models: ["one/one-model", "two/two-model"], training: "refused" },
      only: { models: ["one/one-model"], training: "refused" },
    } as const;
    const { engine, asked } = createTestPool(documents, () => answerOf("Hi"), { routes });
    await engine.chat({ ...hello, model: "careful" });
    await engine.chat({ model: "auto", messages: [{ role: "user", content: "Other" }] });
    expect(asked()).toEqual(["two", "one"]);
    const alone = createTestPool(documents.slice(0, 1), () => answerOf("Hi"), { training: "refused" });
    const refused = await rejection(alone.engine.chat({ ...hello, model: "one-model" }));
    expect((refused as Error).message).toMatch(/^Provider one may train on prompts/);
    expect(alone.asked()).toEqual([]);
    const error = await rejection(engine.chat({ ...hello, model: "only" }));
    expect(error).toMatchObject({ code: "model_not_on_tier", param: "model" });
    expect((error as Error).message).toMatch(/may train on prompts/);
  });
});

it("closes with calls under way at several providers", async () => {
  const gate = Promise.withResolvers<void>();
  const { engine, asked } = createTestPool(two(), async () => {
    await gate.promise;
    return answerOf("Hi");
  });
  const calls = ["one/one-model", "two/two-model"].map((model) => rejection(engine.chat({ ...hello, model })));
  await expect.poll(asked).toEqual(["one", "two"]);
  const closing = engine.close();
  gate.resolve();
  await closing;
  for (const error of await Promise.all(calls)) expect(isLaplasError(error)).toBe(true);
});

it("asks for what has no model as one provider would", async () => {
  const { engine } = createTestPool(two(), () => answerOf("Hi"));
  expect(await rejection(engine.chat({ ...hello } as never))).toMatchObject({
    code: "invalid_request",
    param: "model",
  });
  expect(await rejection(engine.chat(ask("Hello", { model: "three/x" })))).toMatchObject({
    code: "model_not_on_tier",
    message:
      'No provider of this engine has a model "three/x". Names are provider/model, with a provider of one, two; auto and auto:tools pick one.',
  });
});
