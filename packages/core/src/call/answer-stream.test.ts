import { getEventListeners } from "node:events";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import type { LaplasOptions } from "../options.js";
import type { ChatCompletionChunk } from "../request/wire-types.js";
import { readStatus } from "../status.js";
import { blockUntil, createTestContext, NOON, start } from "../testing/call.js";
import { API_KEY, ask, rejection } from "../testing/engine.js";
import { chunk, errorBody, eventStream } from "../testing/server.js";
import { type Transport, TransportError } from "../transport/transport.js";
import { answerStream } from "./answer-stream.js";
import type { CallContext } from "./call-context.js";
import { createChatJob } from "./chat-job.js";
import type { StreamForm } from "./stream-form.js";

afterEach(() => void vi.useRealTimers());

type Item = readonly [chunk: ChatCompletionChunk, raw: string | undefined];
const usage = { id: "c1", choices: [], usage: { total_tokens: 16 } };

/** A call whose upstream answers so. */
async function setup(
  fetch: NonNullable<LaplasOptions["fetch"]>,
  {
    body,
    signal,
    isProbe = false,
    ...options
  }: LaplasOptions & { body?: object; signal?: AbortSignal; isProbe?: boolean } = {},
) {
  const { context } = createTestContext({ fetch, ...options });
  if (isProbe) {
    const { store, name } = await context.account.open();
    await store.teach(name, [{ kind: "block", ...blockUntil(NOON) }]);
  }
  const call = await start(context, { ...ask("Hello"), ...body, stream: true }, { signal, requestId: "ours" });
  const form: StreamForm<Item> = (item, raw) => [item, raw];
  const open = ({ lost, ...parts }: Partial<CallContext> & { lost?: AbortSignal } = {}) => {
    const reservation = lost === undefined ? call.reservation : { ...call.reservation, lost };
    const stream = answerStream(
      { ...context, ...parts },
      call.plan,
      createChatJob(context, [call.plan]),
      form,
      async () => reservation,
    );
    stream.then(({ done }) => done.catch(() => {})).catch(() => {});
    return stream;
  };
  return { context, ...call, open, status: () => readStatus(context) };
}
const respond =
  (text: string, headers: Record<string, string> = {}) =>
  async () =>
    new Response(text, { headers });

/** An upstream whose body comes as a test says. */
function live() {
  const encoder = new TextEncoder();
  let body: ReadableStreamDefaultController<Uint8Array> | undefined;
  const signals: AbortSignal[] = [];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      body = controller;
    },
  });
  return {
    signals,
    fetch: async (_: unknown, init?: RequestInit) => {
      if (init?.signal) signals.push(init.signal);
      return new Response(stream);
    },
    say: (...events: (object | string)[]) => body?.enqueue(encoder.encode(eventStream(...events))),
    write: (text: string) => body?.enqueue(encoder.encode(text)),
    end: () => body?.close(),
  };
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
/** What a reader gets before a stream fails, and the error. */
async function readAll(items: AsyncIterable<Item>): Promise<{ chunks: object[]; error: unknown }> {
  const chunks: object[] = [];
  try {
    for await (const [item] of items) chunks.push(item);
  } catch (error) {
    return { chunks, error };
  }
  return { chunks, error: undefined };
}

describe("a stream's events", () => {
  it("come in order, each with its text as the server wrote it", async () => {
    const events = [chunk("a"), { ...chunk("b"), "x  y": "kept" }, chunk("", "stop")];
    const { open } = await setup(respond(`: hello\n\n${eventStream(...events, "[DONE]")}`));
    const { items, done, wasLeft } = await open();
    expect(await collect(items)).toEqual(events.map((event) => [event, JSON.stringify(event)]));
    await done;
    expect(wasLeft()).toBe(false);
  });

  it("have no text of the server's where the dialect changed them", async () => {
    const events = [chunk("a"), chunk("", "end_turn")];
    const { open } = await setup(respond(eventStream(...events, "[DONE]")), {
      body: { model: "claude-3-haiku-20240307" },
    });
    const { items } = await open();
    expect(await collect(items)).toEqual([
      [chunk("a"), JSON.stringify(chunk("a"))],
      [chunk("", "stop"), undefined],
    ]);
  });

  it.each([true, false])("have the usage at the end if the caller asked for it: %s", async (include_usage) => {
    const { open, plan } = await setup(respond(eventStream(chunk("a", "stop"), usage, "[DONE]")), {
      body: { stream_options: { include_usage } },
    });
    const chunks = (await readAll((await open()).items)).chunks;
    const told = { ...usage, usage: expect.objectContaining({ total_tokens: 19, api_tokens: 16, estimated: true }) };
    expect(chunks).toMatchObject([chunk("a", "stop"), ...(include_usage ? [told] : [])]);
    expect(plan.totals).toMatchObject({ cost: 16, estimated: false });
  });

  it.each(["\r\n", "\r"])("are read to the last, also with %j for a line's end", async (lineEnd) => {
    const text = eventStream(chunk("a"), chunk("b", "stop")).replaceAll("\n", lineEnd);
    const { open } = await setup(respond(text));
    expect(await readAll((await open()).items)).toEqual({ chunks: [chunk("a"), chunk("b", "stop")], error: undefined });
  });

  it("keep a usage that comes with a choice, in model tokens", async () => {
    const last = { ...chunk("a", "stop"), usage: { total_tokens: 16 } };
    const { open } = await setup(respond(eventStream(chunk("b"), last, "[DONE]")));
    // Of 16 the prompt is 8 x 0.315, and what is left 11 x 1.26.
    const told = { prompt_tokens: 8, completion_tokens: 11, total_tokens: 19, api_tokens: 16, estimated: true };
    expect((await readAll((await open()).items)).chunks).toMatchObject([chunk("b"), { ...last, usage: told }]);
  });

  describe("whose usage was asked for", () => {
    const body = { stream_options: { include_usage: true } };
    const usagesOf = async (text: string, model = "gpt-4o-mini") => {
      const { open, plan } = await setup(respond(text), { body: { ...body, model } });
      const { items, done } = await open();
      const { chunks } = await readAll(items);
      await done;
      return { chunks: chunks as { choices: unknown[]; usage?: unknown }[], totals: plan.totals };
    };
    const counts = { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 };
    const details = {
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    };

    it.each(["gpt-4o-mini", "claude-3-haiku-20240307", "gemini-2.0-flash"])(
      "end with one, ours if the server gave none: %s",
      async (model) => {
        const { chunks, totals } = await usagesOf(eventStream(chunk("12345678", "stop"), "[DONE]"), model);
        const { choices: _, ...head } = chunk("") as { choices: unknown };
        expect(totals).toMatchObject({ cost: expect.any(Number), estimated: true });
        expect(totals.cost).toBeGreaterThan(0);
        expect(chunks).toEqual([
          chunk("12345678", "stop"),
          { ...head, choices: [], usage: { ...counts, ...details, api_tokens: totals.cost, estimated: true } },
        ]);
      },
    );

    it("say it once, though the server says it in every chunk, and in API tokens", async () => {
      const soFar = (text: string, completion_tokens: number, finish: string | null = null) => ({
        ...chunk(text, finish),
        usage: { prompt_tokens: 3, completion_tokens, total_tokens: 3 + completion_tokens },
      });
      const more = { ...usage, usage: { prompt_tokens: 315, completion_tokens: 630, total_tokens: 945 }, model: "m-2" };
      const { chunks, totals } = await usagesOf(eventStream(soFar("a", 1), soFar("b", 2, "stop"), more, "[DONE]"));
      expect(totals).toMatchObject({ cost: 945, estimated: false });
      expect(chunks.map(({ usage: each }) => each ?? null)).toEqual([
        null,
        null,
        { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500, ...details, api_tokens: 945 },
      ]);
      expect(chunks.at(-1)).toMatchObject({ id: "c1", model: "m-2", object: "chat.completion.chunk", choices: [] });
    });

    it("keep what else the server says of it, and the cost that a gateway of this version says", async () => {
      const gateway = { ...usage, meta: { odd: 1 }, usage: { ...counts, api_tokens: 700, queue_time: 0.1 } };
      const { chunks, totals } = await usagesOf(eventStream(chunk("a", "stop"), gateway, "[DONE]"));
      expect(totals).toMatchObject({ cost: 700, estimated: false });
      expect(chunks.at(-1)).toMatchObject({
        meta: { odd: 1 },
        usage: { ...counts, ...details, api_tokens: 700, queue_time: 0.1 },
      });
      expect(chunks.at(-1)?.usage).not.toHaveProperty("estimated");
    });

    it("pass events on that have neither choices nor usage", async () => {
      const events = [{ ...usage, usage: null, prompt_filter_results: [] }, chunk("a", "stop")];
      const { chunks } = await usagesOf(eventStream(...events, "[DONE]"));
      expect(chunks.slice(0, 2)).toEqual(events);
      expect(chunks).toHaveLength(3);
    });

    it("have none where they broke off", async () => {
      const { chunks } = await usagesOf(eventStream(chunk("a"), usage)).catch(() => ({ chunks: [] }));
      expect(chunks).toEqual([]);
      const { open } = await setup(respond(eventStream(chunk("a"), usage)), { body });
      const { chunks: read, error } = await readAll((await open()).items);
      expect(read).toEqual([chunk("a")]);
      expect(error).toMatchObject({ code: "network" });
    });
  });

  it("may come in pieces of any size", async () => {
    const bytes = new TextEncoder().encode(eventStream(chunk("grüne "), chunk("Wiesen 🌿", "stop"), "[DONE]"));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    const { open } = await setup(async () => new Response(body));
    expect((await readAll((await open()).items)).chunks).toEqual([chunk("grüne "), chunk("Wiesen 🌿", "stop")]);
  });

  test.each([
    { choices: [{ delta: null }] },
    { choices: [] },
    { choices: [], error: null },
    { usage: 5 },
    { usage: { total_tokens: "many" } },
    {},
  ])("may be odd: %j", async (odd) => {
    const { open, status } = await setup(respond(eventStream(chunk("a"), odd, chunk("b", "stop"), "[DONE]")));
    const { chunks, error } = await readAll((await open()).items);
    expect(error).toBeUndefined();
    expect([chunks.at(0), chunks.at(-1)]).toEqual([chunk("a"), chunk("b", "stop")]);
    expect((await status()).windows[0]?.used).toBeGreaterThan(0);
  });

  it.each([
    ["beside its choices", { ...chunk("", "error"), error: { code: 502, message: "host down" } }],
    [
      "in one",
      { ...chunk(""), choices: [{ index: 0, delta: {}, finish_reason: "error", error: { message: "host down" } }] },
    ],
  ])("that have an error %s end the answer with it, as OpenRouter's do", async (_, failure) => {
    const { open } = await setup(respond(eventStream(chunk("a"), failure, "[DONE]")));
    const { chunks, error } = await readAll((await open()).items);
    expect(chunks).toEqual([chunk("a")]);
    expect(error).toMatchObject({ code: "unavailable", message: "The upstream broke its stream off: host down" });
  });

  it("are read before anybody reads them: the slot goes with the upstream", async () => {
    const { open, status } = await setup(respond(eventStream(chunk("a", "stop"), usage, "[DONE]")));
    const { items, done } = await open();
    await done;
    expect((await status()).running).toBe(0);
    expect((await readAll(items)).chunks).toEqual([chunk("a", "stop")]);
  });

  it("that a slow reader has not taken wait for it, whatever their size", async () => {
    const events = Array.from({ length: 30 }, (_, index) => chunk(`${index} ${"x".repeat(100_000)}`));
    // Without a limit of the tier, which would end so long an answer.
    const { open } = await setup(respond(eventStream(...events, chunk("", "stop"), "[DONE]")), { tier: "paid" });
    const seen: Item[] = [];
    for await (const item of (await open()).items) {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(item);
    }
    expect(seen.map(([item]) => item)).toEqual([...events, chunk("", "stop")]);
  });
});

/** Chunks whose choices are these. */
const choices = (...list: object[]) => ({ ...chunk(""), choices: list });

describe("a stream that lacks what clients need", () => {
  const read = async (events: readonly (object | string)[], body: object = {}) => {
    const { open } = await setup(respond(eventStream(...events)), { body });
    return readAll((await open()).items);
  };
  const called = { id: "a", type: "function", function: { name: "pay", arguments: "{}" } };

  it("gets the numbers of its choices and calls", async () => {
    const delta = { tool_calls: [called] };
    const { chunks } = await read([
      choices({ delta, finish_reason: null }),
      choices({ delta: {}, finish_reason: "stop" }),
    ]);
    expect(chunks).toEqual([
      choices({ index: 0, delta: { tool_calls: [{ index: 0, ...called }] }, finish_reason: null }),
      choices({ index: 0, delta: {}, finish_reason: "tool_calls" }),
    ]);
  });

  it("has one reason for each choice, and no event that says nothing else", async () => {
    const { chunks } = await read([chunk("a"), chunk("", "length"), chunk("", "stop"), "[DONE]"]);
    expect(chunks).toEqual([chunk("a"), chunk("", "length")]);
  });

  it("gets the reasons that are missing at its end", async () => {
    const both = choices(
      { index: 0, delta: { tool_calls: [{ index: 0, ...called }] }, finish_reason: null },
      { index: 1, delta: { content: "a" }, finish_reason: null },
      { index: 2, delta: { content: "a" }, finish_reason: "length" },
    );
    const { chunks, error } = await read([both, "[DONE]"]);
    expect(error).toBeUndefined();
    expect(chunks).toEqual([
      both,
      choices({ index: 0, delta: {}, finish_reason: "tool_calls" }, { index: 1, delta: {}, finish_reason: "stop" }),
    ]);
  });

  it.each([[[]], [["[DONE]"]]])(
    "ends as a text where it answers by a tool of ours; after its last word: %j",
    async (end) => {
      const json_schema = { name: "s", schema: { type: "object", properties: { a: { type: "number" } } } };
      const response_format = { type: "json_schema", json_schema };
      const { plan } = await setup(respond(""), { body: { model: "claude-3-haiku-20240307", response_format } });
      const { tools: [tool] = [] } = (plan.adapted.parts[0]?.body ?? {}) as { tools?: { name: string }[] };
      const piece = (fields: object) => choices({ delta: { tool_calls: [fields] }, finish_reason: null });
      const events = [
        piece({ id: "a", function: { name: tool?.name } }),
        piece({ function: { arguments: '{"a":' } }),
        piece({ function: { arguments: "1}" } }),
        ...(end.length > 0 ? end : [choices({ delta: {}, finish_reason: "stop" })]),
      ];
      const { chunks } = await read(events, { model: "claude-3-haiku-20240307", response_format });
      const given = (chunks as ChatCompletionChunk[]).flatMap((item) => item.choices);
      expect(given.map(({ delta }) => delta.content ?? "").join("")).toBe('{"a":1}');
      expect(given.map(({ finish_reason: reason }) => reason).filter(Boolean)).toEqual(["stop"]);
    },
  );

  it("breaks off where it ends without a word, though another choice has ended", async () => {
    const one = choices({ index: 1, delta: { content: "a" }, finish_reason: null });
    const { chunks, error } = await read([one, chunk("a", "stop")]);
    expect(chunks).toEqual([one, chunk("a", "stop")]);
    expect(error).toMatchObject({ code: "network" });
  });

  it("gets no reason for an answer that never began", async () => {
    const { chunks, error } = await read([{ ...usage, usage: null }, "[DONE]"]);
    expect(chunks).toEqual([]);
    expect(error).toMatchObject({ code: "unexpected_response" });
  });

  it("keeps a usage that comes again and again on its last chunk only", async () => {
    const told = (item: object) => ({ ...item, usage: { total_tokens: 16 } });
    const { chunks } = await read([told(chunk("a")), told(chunk("", "stop")), told(chunk("", "stop")), "[DONE]"]);
    expect(chunks).toEqual([chunk("a"), { ...chunk("", "stop"), usage: expect.objectContaining({ api_tokens: 16 }) }]);
  });

  it("has that usage once, at the end, where the caller asked for it", async () => {
    const told = (item: object) => ({ ...item, usage: { total_tokens: 16 } });
    const events = [told(chunk("a")), told(chunk("", "stop")), told(chunk("", "stop")), "[DONE]"];
    const { chunks } = await read(events, { stream_options: { include_usage: true } });
    expect(chunks).toMatchObject([
      { ...chunk("a"), usage: null },
      { ...chunk("", "stop"), usage: null },
      { choices: [], usage: { api_tokens: 16 } },
    ]);
  });
});

describe("an upstream that is faster than its reader", () => {
  it("is read no further than a bound, in which tiny events count for what they take", async () => {
    const events = 10_000;
    let read = 0;
    const transport: Transport = {
      send: async () => ({
        status: 200,
        header: () => undefined,
        async *pieces() {
          for (; read < events; read += 1) yield eventStream(chunk("x"));
          yield eventStream(chunk("", "stop"), "[DONE]");
        },
        text: async () => "",
        cancel() {},
      }),
      unref() {},
      close: async () => {},
    };
    const { open } = await setup(respond(""), { tier: "paid" });
    const { items } = await open({ transport });
    // Nothing here waits for anything but the reader.
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).toBeGreaterThan(1_000);
    expect(read).toBeLessThan(5_000);
    expect(await collect(items)).toHaveLength(events + 1);
  });
});

describe("the cost of a stream", () => {
  const charged = async (...events: object[]) => {
    const { open, plan, status } = await setup(respond(eventStream(...events, "[DONE]")), {
      body: { model: "gpt-4o" },
    });
    await (await open()).done;
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: plan.totals.cost, held: 0 }] });
    return plan.totals;
  };

  it("is the last that the server names", async () => {
    const cost = (total_tokens: number) => ({ ...usage, usage: { total_tokens } });
    expect(await charged(chunk("a", "stop"), cost(5), cost(9))).toMatchObject({ cost: 9, estimated: false });
    expect(await charged(cost(5), chunk("a", "stop"))).toMatchObject({ cost: 5, estimated: false });
  });

  it("is an upper estimate of what came where the server names none", async () => {
    const text = "word ".repeat(100);
    const delta = (fields: object) => ({ ...chunk(""), choices: [{ index: 0, delta: fields, finish_reason: null }] });
    const { cost: least } = await charged(chunk("", "stop"));
    for (const event of [
      chunk(text),
      delta({ reasoning_content: text }),
      delta({ tool_calls: [{ index: 0, function: { arguments: text } }] }),
    ]) {
      const { cost, estimated } = await charged(event, chunk("", "stop"));
      expect(estimated).toBe(true);
      // 500 characters are 125 model tokens at least, at 31.5 each.
      expect(cost - least).toBeGreaterThan(125 * 31.5);
    }
  });

  it("of an answer that was cut at its limit is no less than all of it, thoughts that nobody saw included", async () => {
    const { cost: usual } = await charged(chunk("a"), chunk("", "stop"));
    const { cost } = await charged(chunk("a"), chunk("", "length"));
    // 512 tokens at 31.5 each, of which the usual answer has a part.
    expect(cost).toBeGreaterThan(512 * 31.5);
    expect(usual).toBeLessThan(cost / 2);
  });

  it("of a stream that breaks is what came of it, not a usual answer", async () => {
    const { open, status } = await setup(respond(eventStream(chunk("word ".repeat(400)))), {
      body: { model: "gpt-4o" },
    });
    expect(await rejection((await open()).done)).toMatchObject({ code: "network" });
    expect((await status()).windows[0]?.used).toBeGreaterThan(500 * 31.5);
  });

  test.each([
    ["whole", "[DONE]", false],
    ["broken", "", true],
  ])("of a %s answer ends the block that it tried, if the answer is whole", async (_, end, isBlocked) => {
    const events = eventStream(chunk("a"), ...(end === "" ? [] : [end]));
    const { open, context } = await setup(respond(events), { isProbe: true });
    await (await open()).done.catch(() => {});
    expect((await context.account.look([])).blocks).toEqual(isBlocked ? [blockUntil(NOON)] : []);
  });
});

describe("what says nothing", () => {
  const PINGS = ': ping\n\nevent: ping\ndata: {}\n\ndata:\n\ndata:  \n\ndata: {"type":"ping"}\n\n\n\n';

  it("in a stream is not passed on", async () => {
    const events = [chunk("a"), chunk("", "stop")];
    const { open } = await setup(respond(PINGS + eventStream(chunk("a")) + PINGS + eventStream(chunk("", "stop"))));
    expect(await readAll((await open()).items)).toEqual({ chunks: events, error: undefined });
  });

  /** A stream that began at 0 ms, under a clock that stands. */
  async function begun(limits: LaplasOptions) {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const upstream = live();
    const setUp = await setup(upstream.fetch, { timeoutMs: 1_000, ...limits });
    const { items, done } = await setUp.open();
    const iterator = items[Symbol.asyncIterator]();
    /** Says something, and lets it arrive. */
    const say = async (text: string): Promise<void> => {
      upstream.write(text);
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    return { ...setUp, upstream, done, say, next: () => iterator.next() };
  }
  const late = { code: "timeout", retryable: true, retryAfterMs: 5_000 };

  it("breaks no silence: the stream is given up after its time", async () => {
    const { say, next, done, upstream, status } = await begun({});
    await say(eventStream(chunk("a")));
    await next();
    for (let count = 0; count < 9; count += 1) {
      await vi.advanceTimersByTimeAsync(100);
      await say(PINGS);
    }
    expect(upstream.signals[0]?.aborted).toBe(false);
    const failed = rejection(next());
    await vi.advanceTimersByTimeAsync(100);
    expect(await failed).toMatchObject({ ...late, message: "upstream.test: the answer stalled for 1000 ms." });
    await rejection(done);
    expect(upstream.signals[0]?.aborted).toBe(true);
    // The server may be at it still.
    expect((await status()).running).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not what has content, though it be empty: that goes on until the deadline", async () => {
    const { say, next, plan, status } = await begun({ deadlineMs: 5_000 });
    const failed = (async () => {
      for (;;) await next();
    })().catch((error: unknown) => error);
    for (let count = 0; count < 5; count += 1) {
      await vi.advanceTimersByTimeAsync(999);
      await say(eventStream({ choices: [{ index: 0, delta: {} }] }));
    }
    await vi.advanceTimersByTimeAsync(5);
    expect(await failed).toMatchObject({
      ...late,
      message: 'upstream.test: the answer has not ended within its deadline of 5000 ms (option "deadlineMs").',
    });
    expect(await status()).toMatchObject({ running: 1, windows: [{ used: plan.totals.cost }] });
    expect(plan.totals).toMatchObject({ estimated: true, cost: plan.estimate.expected.credits });
  });

  it("after the end is waited for no longer than half a second", async () => {
    const { say, next, done, status, plan } = await begun({ timeoutMs: 60_000 });
    await say(eventStream(chunk("a", "stop"), usage, "[DONE]") + PINGS);
    await next();
    const end = next();
    await vi.advanceTimersByTimeAsync(499);
    await say(PINGS);
    expect((await status()).running).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await end).toEqual({ done: true, value: undefined });
    await done;
    expect((await status()).running).toBe(0);
    expect(plan.totals).toMatchObject({ cost: 16, estimated: false });
  });

  it("is not the silence of a reader that stands still, whom the deadline meets all the same", async () => {
    const { say, next, done, upstream } = await begun({ tier: "paid", deadlineMs: 50_000 });
    await say(eventStream(chunk("x".repeat(1_000_000))));
    await vi.advanceTimersByTimeAsync(40_000);
    expect(upstream.signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(upstream.signals[0]?.aborted).toBe(true);
    expect(await rejection(done)).toMatchObject(late);
    // What has come is the reader's.
    expect((await next()).done).toBe(false);
    expect(await rejection(next())).toMatchObject(late);
  });
});

describe("a stream that outgrows its limit", () => {
  /** An upstream that says this again and again, and what it hears of its reader. */
  function endless(...events: object[]) {
    const piece = new TextEncoder().encode(eventStream(...events));
    const heard = { pulls: 0, isLeft: false };
    const fetch = async () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            heard.pulls += 1;
            controller.enqueue(piece);
          },
          cancel() {
            heard.isLeft = true;
          },
        }),
      );
    return { heard, fetch };
  }

  test.each<[{ max_tokens?: number }, boolean]>([
    [{}, true],
    [{ max_tokens: 4_000 }, true],
    [{ max_tokens: 100 }, false],
  ])("with %o is cut as its limit should have cut it; by the tier: %s", async (body, byTier) => {
    const { fetch, heard } = endless(chunk("word"));
    const { open, plan, status, context } = await setup(fetch, { body, isProbe: true });
    const { items, done } = await open();
    const read = await collect(items);
    await done;
    const most = 4 * (body.max_tokens === 100 ? 100 : 512);
    expect(read).toHaveLength(most + 2);
    expect(read.at(-1)).toEqual([
      { ...chunk(""), choices: [{ index: 0, delta: {}, finish_reason: "length" }] },
      undefined,
    ]);
    expect(plan.totals).toMatchObject({ truncated: byTier, estimated: true });
    expect(plan.totals.cost).toBe(plan.estimate.worst.credits);
    expect(heard.isLeft).toBe(true);
    expect(heard.pulls).toBeLessThan(most + 100);
    // It may write on, and it shows that the account has budget.
    expect((await status()).running).toBe(1);
    expect((await context.account.look([])).blocks).toEqual([]);
  });

  it("ends every choice that has not ended, and the thoughts of each", async () => {
    const say = (index: number, content: string, finish_reason: string | null = null) => ({
      ...chunk(""),
      choices: [{ index, delta: { content }, finish_reason }],
    });
    const ended = respond(
      eventStream(
        say(0, "<think>a"),
        say(1, "b"),
        say(2, "c", "stop"),
        say(0, "x".repeat(4 * 3 * 128)),
        say(0, "never read"),
      ),
    );
    const body = { model: "qwen-unheard-of", max_tokens: 1, n: 3 };
    const { open } = await setup(ended, { body, tier: "paid", unknownModels: "send" });
    const chunks = (await readAll((await open()).items)).chunks as ChatCompletionChunk[];
    const ends = chunks.flatMap(({ choices }) => choices).filter(({ finish_reason: reason }) => reason !== null);
    expect(ends.map(({ index, finish_reason: reason }) => [index, reason])).toEqual([
      [2, "stop"],
      [0, "length"],
      [1, "length"],
    ]);
    expect(JSON.stringify(chunks)).not.toContain("never read");
  });

  it("after its last word is left without another", async () => {
    const { fetch, heard } = endless({
      ...chunk("word"),
      choices: [{ index: 0, delta: { content: "word" }, finish_reason: "stop" }],
    });
    const { open } = await setup(fetch);
    const { chunks, error } = await readAll((await open()).items);
    expect(error).toBeUndefined();
    expect(JSON.stringify(chunks)).not.toContain("length");
    expect(heard.isLeft).toBe(true);
  });
});

describe("the report of a stream", () => {
  test.each([
    [{}, "length", true],
    [{ max_tokens: 4_000 }, "length", true],
    [{ max_tokens: 512 }, "length", false],
    [{ max_tokens: 20 }, "length", false],
    [{}, "stop", false],
  ])("of %o that ends with %s: cut by the tier: %s", async (body, reason, isCut) => {
    const { open, plan } = await setup(respond(eventStream(chunk("a", reason), "[DONE]")), { body });
    await (await open()).done;
    expect(plan.totals.truncated).toBe(isCut);
  });

  it("has the server's id, if there is one", async () => {
    const named = await setup(respond(eventStream(chunk("a", "stop"), "[DONE]"), { "x-request-id": "theirs" }));
    await (await named.open()).done;
    expect(named.plan.totals.requestId).toBe("theirs");
    const nameless = await setup(respond(eventStream(chunk("a", "stop"), "[DONE]")));
    await (await nameless.open()).done;
    expect(nameless.plan.totals.requestId).toBe("ours");
  });
});

describe("a stream that breaks", () => {
  const brokenOff = (reason: string) => ({
    code: "unavailable",
    retryable: true,
    message: `The upstream broke its stream off: ${reason}`,
  });

  test.each<[string, string, number, object]>([
    ["cut off", eventStream(chunk("Herons "), chunk("wait.")), 2, { code: "network", retryAfterMs: 5_000 }],
    ["cut off in its first event", 'data: {"id":"c1","cho', 0, { code: "network", retryAfterMs: 5_000 }],
    ["empty", "", 0, { code: "network", retryable: true }],
    ["nothing but pings", ": ping\n\n: ping\n\n", 0, { code: "network", retryable: true }],
    ["no stream at all", "<html>hello</html>", 0, { code: "unexpected_response", httpStatus: 200 }],
    ["garbage", `${eventStream(chunk("Herons "))}data: {"choi\n\n`, 1, { code: "unexpected_response" }],
    ["a list", eventStream(chunk("Herons "), "[]"), 1, { code: "unexpected_response" }],
    ["null", eventStream(chunk("Herons "), "null"), 1, { code: "unexpected_response" }],
    ["a text", eventStream("hello"), 0, { code: "unexpected_response" }],
    ...[
      { choices: [{ delta: { tool_calls: 5 } }] },
      { choices: [{ delta: { tool_calls: [null] } }] },
      { choices: [{ delta: { tool_calls: [{ index: 0, function: { arguments: 10 } }] } }] },
      { choices: [{ delta: 7 }] },
      { choices: 7 },
      { choices: [null] },
    ].map((odd): [string, string, number, object] => [
      JSON.stringify(odd),
      eventStream(chunk("a"), odd, chunk("b", "stop"), "[DONE]"),
      1,
      { code: "unexpected_response", retryable: false },
    ]),
  ])(
    "(%s) is an error after what came, never an end, and keeps its slot for a while",
    async (_, text, count, expected) => {
      const { open, status, plan } = await setup(respond(text));
      const { items, done } = await open();
      const { chunks, error } = await readAll(items);
      expect(error).toMatchObject(expected);
      expect(chunks).toHaveLength(count);
      expect(await rejection(done)).toBe(error);
      const { running, windows } = await status();
      // The upstream may go on saying what nobody reads.
      expect([running, windows[0]?.held]).toEqual([1, 0]);
      expect(windows[0]?.used).toBeGreaterThanOrEqual(plan.estimate.expected.credits);
    },
  );

  const flat = errorBody(503, "overheated");
  test.each<[string, string, number, object]>([
    ["no choices", eventStream({ choices: [] }, "[DONE]"), 1, { code: "unexpected_response" }],
    ["a whole answer", JSON.stringify({ choices: [] }), 0, { code: "unexpected_response", httpStatus: 200 }],
    ["an end alone", eventStream("[DONE]"), 0, { code: "unexpected_response" }],
    ["an error of theirs", eventStream(chunk("a"), { error: { message: "overheated" } }), 1, brokenOff("overheated")],
    ["their flat error", eventStream(chunk("a"), flat), 1, brokenOff("overheated")],
    [
      "an event named error",
      `${eventStream(chunk("a"))}event: error\ndata: {"message":"hot"}\n\n`,
      1,
      brokenOff("hot"),
    ],
  ])(
    "(%s) when the provider has said its last is charged what came, and frees its slot",
    async (_, text, count, expected) => {
      const { open, status, plan } = await setup(respond(text));
      const { items, done } = await open();
      const { chunks, error } = await readAll(items);
      expect(error).toMatchObject(expected);
      expect(chunks).toHaveLength(count);
      expect(await rejection(done)).toBe(error);
      const { running, windows } = await status();
      expect([running, windows[0]?.held]).toEqual([0, 0]);
      expect(windows[0]?.used).toBeGreaterThanOrEqual(plan.estimate.expected.credits);
    },
  );

  test.each<[string, string, object]>([
    ["an error as text", eventStream({ error: "overheated" }), brokenOff("overheated")],
    ["an error without words", eventStream({ error: { code: 5 } }), brokenOff("no reason given")],
    ["an error that says the key", eventStream({ error: { message: `no ${API_KEY}` } }), brokenOff("no [key]")],
    ["an error, then more", eventStream({ error: "overheated" }, chunk("a", "stop")), brokenOff("overheated")],
    ["an error after an empty beginning", eventStream(chunk(""), { error: "overheated" }), brokenOff("overheated")],
    ["an error in place of a stream", flat, { code: "unavailable", message: "The upstream answered 200: overheated" }],
    [
      "an error that says the key in place of a stream",
      errorBody(503, `no ${API_KEY}`),
      { message: "The upstream answered 200: no [key]" },
    ],
    ["a quota in place of a stream", errorBody(403, "[plan.rule:api_token] resource limit"), { code: "daily_quota" }],
  ])("(%s) before anything of an answer costs nothing", async (_, text, expected) => {
    const { open, status } = await setup(respond(text));
    const { items, done } = await open();
    expect(await readAll(items)).toMatchObject({ error: expected });
    await rejection(done);
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0, held: 0 }] });
  });

  it("by the provider's own word after it named a cost is charged that", async () => {
    const { open, plan, status } = await setup(respond(eventStream(chunk("a"), usage, { error: "overheated" })));
    await rejection((await open()).done);
    expect(plan.totals).toMatchObject({ cost: 16, estimated: false });
    expect((await status()).running).toBe(0);
  });

  it("after a cost so far is charged no less, and no less than its estimate", async () => {
    const far = { ...usage, usage: { total_tokens: 40_000 } };
    const { open, plan, context } = await setup(respond(eventStream(chunk("a"), far)), {
      isProbe: true,
    });
    await rejection((await open()).done);
    expect(plan.totals).toMatchObject({ cost: 40_000, estimated: true });
    expect((await context.account.look([])).blocks).toEqual([blockUntil(NOON)]);
    const near = await setup(respond(eventStream(chunk("a"), { ...usage, usage: { total_tokens: 0 } })));
    await rejection((await near.open()).done);
    expect(near.plan.totals.cost).toBeGreaterThan(near.plan.estimate.expected.credits);
  });

  it("with an event that makes no sense is left at once, whatever follows", async () => {
    const upstream = live();
    const { open } = await setup(upstream.fetch);
    upstream.say("hello");
    const { error } = await readAll((await open()).items);
    expect(error).toMatchObject({ code: "unexpected_response" });
  });

  it("in two ways is told by the first", async () => {
    const { open } = await setup(respond(`${eventStream({ error: "overheated" })}data: ${"x".repeat(16_100_000)}`));
    expect((await readAll((await open()).items)).error).toMatchObject(brokenOff("overheated"));
  });

  it("with an event that has no end is left", async () => {
    let isLeft = false;
    const piece = new TextEncoder().encode(`data: ${"x".repeat(1_000_000)}`);
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(piece),
      cancel() {
        isLeft = true;
      },
    });
    const { open } = await setup(async () => new Response(endless));
    const { error } = await readAll((await open()).items);
    expect(error).toMatchObject({ code: "unexpected_response", message: expect.stringMatching(/no end/) });
    expect(isLeft).toBe(true);
  });

  /** A stream that fails below HTTP after these events. */
  const failing = (error: Error, ...events: (object | string)[]): Transport => ({
    send: async () => ({
      status: 200,
      header: () => undefined,
      async *pieces() {
        yield eventStream(...events);
        throw error;
      },
      text: async () => "",
      cancel() {},
    }),
    unref() {},
    close: async () => {},
  });

  test.each([
    // The server may be at it still.
    ["broken", "network"],
    ["timeout", "timeout"],
    ["aborted", "network"],
  ] as const)("(%s) is %s, and its slot is kept for a while", async (kind, code) => {
    const { open, status } = await setup(respond(""));
    const { items } = await open({ transport: failing(new TransportError(kind, "it broke"), chunk("a")) });
    const { chunks, error } = await readAll(items);
    expect(chunks).toEqual([chunk("a")]);
    expect(error).toMatchObject({ code, retryable: true, message: "upstream.test: it broke." });
    expect((await status()).running).toBe(1);
  });

  it("in a way that nobody expected is passed on as it is", async () => {
    const defect = new Error("defect");
    const { open } = await setup(respond(""));
    expect((await readAll((await open({ transport: failing(defect, chunk("a")) })).items)).error).toBe(defect);
  });

  it("because its engine was closed may run on", async () => {
    const { open, status } = await setup(respond(""));
    const closed = new AbortController();
    const transport = failing(new TransportError("broken", "it broke"), chunk("a"));
    const { done } = await open({ transport, closed: closed.signal });
    closed.abort();
    expect(await rejection(done)).toMatchObject({ code: "invalid_options" });
    expect((await status()).running).toBe(1);
  });

  test.each([
    ["its end", 0, [chunk("a", "stop"), "[DONE]"]],
    ["its cost", 0, [chunk("a", "stop"), usage]],
    // Its cost may be on its way.
    ["its last word", 1, [chunk("a", "stop")]],
  ])("after %s has lost nothing; slots kept for a while: %i", async (_, slots, events) => {
    for (const kind of ["broken", "timeout", "aborted"] as const) {
      const { open, status } = await setup(respond(""));
      const { items, done } = await open({ transport: failing(new TransportError(kind, "it broke"), ...events) });
      const { chunks, error } = await readAll(items);
      expect([chunks.length, error]).toEqual([1, undefined]);
      await done;
      expect((await status()).running).toBe(slots);
    }
  });

  it("before its head is no stream", async () => {
    const { open, status } = await setup(async () => new Response(errorBody(500, "down"), { status: 500 }));
    expect(await rejection(open())).toMatchObject({ code: "unavailable" });
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  });
});

describe("an abort", () => {
  async function aborted() {
    const upstream = live();
    const controller = new AbortController();
    const setUp = await setup(upstream.fetch, { signal: controller.signal });
    return { ...setUp, upstream, controller };
  }

  it("ends the reader's loop at once; the rest is read for its cost", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { open, upstream, controller, status } = await aborted();
    upstream.say(chunk("a"), chunk("b"));
    const { items, done } = await open();
    const iterator = items[Symbol.asyncIterator]();
    await iterator.next();
    controller.abort("enough");
    expect(await rejection(iterator.next())).toBe("enough");
    expect(upstream.signals[0]?.aborted).toBe(false);
    expect((await status()).running).toBe(1);
    upstream.say(chunk("c", "stop"), usage, "[DONE]");
    upstream.end();
    await done;
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 16 }] });
    // Nothing is given up any more.
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives the rest five seconds, then charges an estimate and keeps the slot for a while", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { open, upstream, controller, status } = await aborted();
    upstream.say(chunk("a"));
    const { done } = await open();
    controller.abort("enough");
    await vi.advanceTimersByTimeAsync(4_999);
    expect(upstream.signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await rejection(done);
    expect(upstream.signals[0]?.aborted).toBe(true);
    const { running, windows } = await status();
    expect(running).toBe(1);
    expect(windows[0]?.used).toBeGreaterThan(0);
  });

  it("is heard in the moments after the head as well", async () => {
    for (let ticks = 0; ticks < 20; ticks += 1) {
      const leaving = new AbortController();
      const { open } = await setup(respond(""), { signal: leaving.signal });
      const silence = Promise.withResolvers<void>();
      const transport: Transport = {
        async send() {
          let wait = Promise.resolve();
          for (let tick = 0; tick < ticks; tick += 1) wait = wait.then(() => {});
          void wait.then(() => leaving.abort(new Error("left")));
          return {
            status: 200,
            header: () => undefined,
            async *pieces() {
              await silence.promise;
              yield "";
            },
            text: async () => "",
            cancel() {},
          };
        },
        unref() {},
        close: async () => {},
      };
      const read = open({ transport }).then(({ items }) => collect(items));
      expect(await rejection(read)).toMatchObject({ message: "left" });
      silence.resolve();
    }
  });

  it("before the head ends the call at once", async () => {
    const controller = new AbortController();
    const { open, context, reservation } = await setup(() => new Promise(() => {}), { signal: controller.signal });
    const failed = rejection(open());
    controller.abort("enough");
    expect(await failed).toBe("enough");
    await reservation.cancel();
    expect(context.account.activeCalls.size).toBe(0);
  });

  it("after the end is not heard any more", async () => {
    const { open, upstream, controller } = await aborted();
    upstream.say(chunk("a", "stop"), "[DONE]");
    upstream.end();
    const { items, done } = await open();
    await done;
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort("late");
    expect((await readAll(items)).chunks).toEqual([chunk("a", "stop")]);
  });
});

describe("a reader that leaves", () => {
  it("is noticed, and the rest is read for its cost", async () => {
    const upstream = live();
    const { open, status } = await setup(upstream.fetch);
    upstream.say(chunk("a"));
    const { items, done, wasLeft } = await open();
    for await (const _ of items) break;
    expect(wasLeft()).toBe(true);
    upstream.say(chunk("b", "stop"), usage, "[DONE]");
    upstream.end();
    await done;
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 16 }] });
  });

  it("gives the upstream five seconds to end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const upstream = live();
    const { open } = await setup(upstream.fetch);
    upstream.say(chunk("a"));
    const { items, done } = await open();
    for await (const _ of items) break;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(upstream.signals[0]?.aborted).toBe(true);
    await rejection(done);
  });
});

describe("a reader that stands still", () => {
  /** A stream of which one event is read, and another is there. */
  async function standing(more: Parameters<Awaited<ReturnType<typeof setup>>["open"]>[0]) {
    const upstream = live();
    const { open } = await setup(upstream.fetch);
    upstream.say(chunk("a"), chunk("b"));
    const { items, done } = await open(more);
    const iterator = items[Symbol.asyncIterator]();
    await iterator.next();
    return { upstream, done, next: () => iterator.next() };
  }

  it("hears at once of a slot that is lost, and the request ends", async () => {
    const lost = new AbortController();
    const { upstream, done, next } = await standing({ lost: lost.signal });
    const reason = new LedgerError("lost");
    lost.abort(reason);
    expect(await rejection(next())).toBe(reason);
    expect(await rejection(done)).toBe(reason);
    expect(upstream.signals[0]?.aborted).toBe(true);
    expect(getEventListeners(lost.signal, "abort")).toEqual([]);
  });

  it("hears at once of an engine that is closed", async () => {
    const closed = new AbortController();
    const { upstream, done, next } = await standing({ closed: closed.signal });
    closed.abort();
    expect(await rejection(next())).toMatchObject({ code: "invalid_options" });
    upstream.end();
    expect(await rejection(done)).toMatchObject({ code: "invalid_options" });
    expect(getEventListeners(closed.signal, "abort")).toEqual([]);
  });
});
