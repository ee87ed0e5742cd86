import { afterEach, describe, expect, it, test, vi } from "vitest";
import { rememberCost } from "../call/cost-cap.js";
import { prepareKnowingPrices } from "../call/prepare-call.js";
import type { Laplas } from "../engine.js";
import { isLaplasError, isRetryable } from "../errors/laplas-error.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { LaplasEvent } from "../events.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { ChatCompletionChunk, ChatRequest } from "../request/wire-types.js";
import { createTestContext, NOON, plan } from "../testing/call.js";
import { API_KEY, ask, createPair, createTestEngine, rejection } from "../testing/engine.js";
import { createGate } from "../testing/gate.js";
import { errorBody, eventStream, refusedURL, serve } from "../testing/server.js";
import { runCall } from "./run-call.js";

const PROMPT = "the heron waits by the mill until the evening";
const image = { model: "flux/schnell", prompt: "A boat" };
const contentOf = (chunks: readonly ChatCompletionChunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const whole = (laplas: Laplas, request: ChatRequest): Promise<unknown> => laplas.chat(request);
const streamed = (laplas: Laplas, request: ChatRequest): Promise<unknown> => collect(laplas.chatStream(request));

const callEvents = (events: readonly LaplasEvent[]) => events.filter((event) => event.type === "call");

describe("a plan", () => {
  it("has what the tier leaves of the request, and reports what it changed", () => {
    const { context } = createTestContext();
    const call = plan(context, ask("Hello", { model: "o1", max_tokens: 900, stream: true }));
    expect(call).toMatchObject({
      found: { id: "o1" },
      limits: { maxOutputTokens: 512 },
      adjusted: [{ to: "max_tokens=512" }, { to: "stream=one_chunk" }],
      cappedByTier: true,
      createdAt: NOON / 1_000,
    });
  });

  test.each([
    [{}, true],
    [{ max_tokens: 513 }, true],
    [{ max_tokens: 512 }, false],
  ])("of %o: the tier ends a long answer: %s", (fields, cappedByTier) => {
    const { context } = createTestContext();
    expect(plan(context, ask("Hello", fields)).cappedByTier).toBe(cappedByTier);
  });

  it("is not capped by the tier where it only changes something else", () => {
    const { context } = createTestContext();
    const call = plan(context, { model: "dall-e-3", prompt: "A boat", size: "1024x1024" });
    expect(call.adjusted).toMatchObject([{ to: "size=512x512" }]);
    expect(call.cappedByTier).toBe(false);
  });

  it("is what the tier refuses, in its name", () => {
    const { context } = createTestContext({ onExcess: "refuse" });
    expect(() => plan(context, ask("Hello", { max_tokens: 513 }))).toThrow(
      expect.objectContaining({
        code: "output_tokens",
        rule: "output_tokens",
        param: "max_tokens",
        message: expect.stringMatching(/^laplas free tier: max_tokens is 513/),
      }),
    );
  });

  it("of several requests shares the estimate among them", () => {
    const { context } = createTestContext();
    expect(plan(context, { ...image, n: 3 }).estimate).toMatchObject({
      expected: { credits: 512 },
      worst: { credits: 512 },
    });
  });

  it("takes the call's own options before the engine's", () => {
    const { context } = createTestContext({ timeoutMs: 7, deadlineMs: 8, maxRetries: 5 });
    const { signal } = new AbortController();
    expect(plan(context, ask("Hello"))).toMatchObject({
      timeoutMs: 7,
      deadlineMs: 8,
      maxRetries: 5,
      signal: undefined,
    });
    const own = { timeoutMs: 9, deadlineMs: 10, maxRetries: 0, signal, requestId: "mine" };
    const { totals, ...call } = plan(context, ask("Hello"), own);
    expect(call).toMatchObject({ timeoutMs: 9, deadlineMs: 10, maxRetries: 0 });
    expect(call.signal).toBe(signal);
    expect(totals.requestId).toBe("mine");
  });

  it.each([
    { maxRetries: Number.NaN },
    { maxRetries: -1 },
    { maxRetries: 0.5 },
    { deadlineMs: 0 },
    { timeoutMs: -1 },
    { timeoutMs: 0 },
    { timeoutMs: 2_147_483_648 },
    { timeoutMs: Number.NaN },
  ])("takes no option that is no count: %o", async (options) => {
    const { laplas, sandbox } = await createPair();
    const error = await rejection(laplas.chat(ask("Hello"), options));
    expect(error).toMatchObject({ code: "invalid_options" });
    expect((error as Error).message).toContain(`"${Object.keys(options)[0]}"`);
    expect(sandbox.counts().received).toBe(0);
  });
});

describe("a price that the server refuses", () => {
  const dear = { imagePrices: () => 600 };

  it("is asked for once, then refused here until the day is over", async () => {
    const { laplas, sandbox } = await createPair({}, dear);
    for (let calls = 0; calls < 3; calls += 1) {
      expect(await rejection(laplas.image(image))).toMatchObject({ code: "request_cost" });
    }
    expect(sandbox.counts()).toMatchObject({ received: 1, answered: 0 });
  });

  it("is refused to calls that wait while it is learned, and their slots are free", async () => {
    const { laplas, sandbox } = await createPair({}, dear);
    const errors = await Promise.all([1, 2, 3].map(() => rejection(laplas.image(image))));
    for (const error of errors) expect(error).toMatchObject({ code: "request_cost" });
    expect(sandbox.counts()).toMatchObject({ received: 1, answered: 0 });
    expect(await laplas.status()).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 0, held: 0 }] });
  });

  it("is known before a call is planned", async () => {
    const { context } = createTestContext();
    const call = plan(context, image);
    await rememberCost(context, call, call.adapted.parts[0]?.body ?? {});
    expect(await rejection(prepareKnowingPrices(context, "image", image, {}))).toMatchObject({ code: "request_cost" });
    expect((await prepareKnowingPrices(context, "image", { ...image, size: "64x64" }, {})).found.id).toBe(image.model);
  });

  it("is not looked up for a call whose price has no bound", async () => {
    const { context } = createTestContext();
    const failing = { ...context, account: { ...context.account, open: () => Promise.reject(new Error("was asked")) } };
    expect((await prepareKnowingPrices(failing, "chat", ask("Hello"), {})).found.id).toBe("gpt-4o-mini");
    expect(await rejection(prepareKnowingPrices(failing, "image", image, {}))).toMatchObject({ message: "was asked" });
  });
});

describe("a call of several requests", () => {
  it("is not begun where the budget does not hold all of it", async () => {
    const tier = {
      name: "small",
      title: "Small",
      extends: "free",
      rules: [
        {
          id: "daily_api_tokens",
          kind: "window",
          meter: "credits",
          limit: 1_000,
          period: { type: "day" },
          evidence: { source: "a test", date: "2026-01-01", status: "assumed" },
        },
      ],
    } as const;
    const { laplas, sandbox } = await createPair({ tier });
    expect(await rejection(laplas.image({ ...image, n: 3 }))).toMatchObject({ code: "daily_quota" });
    expect(sandbox.counts().received).toBe(0);
    expect((await laplas.image({ ...image, n: 2 })).data).toHaveLength(2);
  });

  it("reports them as one call", async () => {
    const { laplas, sandbox, events } = await createPair();
    const { laplas: report } = await laplas.image({ ...image, n: 3 });
    expect(report).toMatchObject({ attempts: 3, apiTokens: sandbox.used(), remaining: 50_000 - sandbox.used() });
    expect(callEvents(events)).toMatchObject([{ outcome: "answered", apiTokens: sandbox.used() }]);
  });

  it("ends with the first that fails, and the error has what was finished", async () => {
    const { laplas, sandbox } = await createPair();
    let seen = 0;
    sandbox.fault({ kind: "serverError" }, { when: () => ++seen > 2 });
    const input = ["a", "b", "c", "d"];
    const error = await rejection(laplas.embed({ model: "BAAI/bge-base-en-v1.5", input }));
    expect(error).toMatchObject({ code: "unavailable", completed: [{ index: 0 }, { index: 1 }] });
    expect(sandbox.counts().received).toBe(3);
  });
});

describe("a chat", () => {
  it("is answered, charged as the server charges, and reported", async () => {
    const { laplas, sandbox, events } = await createPair();
    const answer = await laplas.chat(ask("Hello"));
    expect(answer.choices[0]?.message.content).toMatch(/\w/);
    expect(answer.laplas).toMatchObject({
      apiTokens: 16,
      estimated: false,
      attempts: 1,
      remaining: 49_984,
      adjusted: [{ to: "max_tokens=512" }],
      truncatedByTier: false,
    });
    expect(answer.laplas.resetsAt).toBeInstanceOf(Date);
    expect((await laplas.status()).windows).toMatchObject([{ used: 16, held: 0, left: 49_984 }]);
    expect(sandbox.used()).toBe(16);
    expect(callEvents(events)).toMatchObject([{ outcome: "answered", model: "gpt-4o-mini", apiTokens: 16 }]);
  });

  it("sends the caller's body as it is, but for what the tier sets, and its own headers only", async () => {
    const { laplas, sandbox } = await createPair();
    const request = Object.freeze(ask(PROMPT, { temperature: 0, seed: 7, stop: null, max_tokens: 900 }));
    await laplas.chat(request);
    const [sent] = sandbox.requests;
    expect(sent?.body).toEqual({
      model: "gpt-4o-mini",
      messages: [{ role: "user", content: PROMPT }],
      temperature: 0,
      seed: 7,
      max_tokens: 512,
    });
    expect(Object.keys(sent?.headers ?? {}).toSorted()).toEqual([
      "accept",
      "authorization",
      "connection",
      "content-length",
      "content-type",
      "host",
      "user-agent",
    ]);
  });
});

describe("the report", () => {
  afterEach(() => void vi.useRealTimers());

  it("has the time that a call waited for its turn", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const gate = createGate();
    const { laplas } = await createPair({ fetch: gate.fetch });
    const first = laplas.chat(ask("Hello"));
    await gate.reached;
    const second = laplas.chat(ask("Hello"));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    vi.advanceTimersByTime(1_234);
    gate.open();
    expect((await first).laplas.waitedMs).toBe(0);
    expect((await second).laplas.waitedMs).toBeGreaterThanOrEqual(1_234);
  });

  it("of a stream has, when its head comes, what is known by then", async () => {
    const { context } = createTestContext({ fetch: async () => new Response(eventStream("[DONE]")) });
    const body = ask("Hello", { max_tokens: 900, stream: true });
    const outcome = await runCall(context, "chat", [body], { requestId: "mine" }, (item) => item);
    if (outcome.kind !== "stream") throw new Error("is no stream");
    expect(outcome.head).toMatchObject({
      apiTokens: 0,
      attempts: 1,
      remaining: 50_000,
      resetsAt: new Date("2026-03-11T00:00:02.000Z"),
      adjusted: [{ to: "max_tokens=512" }],
      requestId: "mine",
    });
    expect((await outcome.report).apiTokens).toBeGreaterThan(0);
  });
});

describe("a failed answer", () => {
  test.each([
    [400, '{"message":"Body validation error! Expected string"}', "invalid_request", false],
    [500, errorBody(500, "Internal server error"), "unavailable", true],
    [504, errorBody(504, "late"), "timeout", true],
  ])(
    "with status %i is one error and one event, of a whole call and a streamed one",
    async (status, body, code, retryable) => {
      const url = await serve((_, response) => {
        response.writeHead(status).end(body);
      });
      for (const call of [whole, streamed]) {
        const { laplas, events } = createTestEngine(url);
        const error = await rejection(call(laplas, ask(PROMPT)));
        expect(isLaplasError(error)).toBe(true);
        expect(error).toMatchObject({ code, retryable, httpStatus: status });
        expect(isRetryable(error)).toBe(retryable);
        expect(callEvents(events)).toMatchObject([{ outcome: "failed", code }]);
        expect(await laplas.status()).toMatchObject({ running: 0, waiting: 0 });
      }
    },
  );

  it("that makes no sense is one error and one event as well", async () => {
    const url = await serve((_, response) => {
      response.writeHead(200).end('{"id":"c"}');
    });
    for (const call of [whole, streamed]) {
      const { laplas, events } = createTestEngine(url);
      expect(await rejection(call(laplas, ask(PROMPT)))).toMatchObject({ code: "unexpected_response" });
      expect(callEvents(events)).toMatchObject([{ outcome: "failed", code: "unexpected_response" }]);
      expect((await laplas.status()).running).toBe(0);
    }
  });

  it.each(["json", "published"] as const)(
    "the server's spent budget, as %s, blocks the account until the reset",
    async (errorBodies) => {
      const at = Date.parse("2026-03-10T12:00:00.000Z");
      const { laplas, sandbox, events } = await createPair(
        { now: () => sandboxNow() },
        { rules: { dailyApiTokens: 10 }, clock: { start: at, frozen: true }, errorBodies },
      );
      const sandboxNow = () => sandbox.clock.now();
      await laplas.chat(ask("Hello"));
      const error = await rejection(laplas.chat(ask("Hello")));
      expect(error).toMatchObject({
        name: "FatalLimitError",
        code: "daily_quota",
        httpStatus: 403,
        resetsAt: new Date("2026-03-11T00:00:02.000Z"),
        billingUrl: "https://www.apilaplas.com/app/billing",
      });
      expect((error as Error).message).toMatch(
        /daily quota used up \(the server says so\)\. It will reset at 2026-03-11T/,
      );
      for (let index = 0; index < 5; index += 1) await rejection(laplas.chat(ask("Hello")));
      expect(sandbox.counts()).toMatchObject({ answered: 1, refused: 1 });
      expect(events.filter(({ type }) => type === "upstream-quota")).toHaveLength(1);
      expect((await laplas.status()).blockedUntil).toEqual(new Date("2026-03-11T00:00:02.000Z"));

      sandbox.clock.set(new Date("2026-03-11T00:00:02.000Z"));
      await laplas.chat(ask("Hello"));
      expect(events.filter(({ type }) => type === "probe")).toHaveLength(1);
      expect(await laplas.status()).not.toHaveProperty("blockedUntil");
    },
  );

  it("asks once an hour at most while the reset turns out to be later", async () => {
    const at = Date.parse("2026-03-10T12:00:00.000Z");
    const { laplas, sandbox } = await createPair(
      { now: () => sandboxNow() },
      { rules: { dailyApiTokens: 10, resetHourUtc: 7 }, clock: { start: at, frozen: true } },
    );
    const sandboxNow = () => sandbox.clock.now();
    await laplas.chat(ask("Hello"));
    await rejection(laplas.chat(ask("Hello")));
    sandbox.clock.set(new Date("2026-03-11T00:00:02.000Z"));
    for (let minutes = 0; minutes < 7 * 60; minutes += 10) {
      await laplas.chat(ask("Hello")).catch(() => {});
      sandbox.clock.advance(600_000);
    }
    expect(sandbox.counts()).toMatchObject({ refused: 1, probe: 7, answered: 1 });
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts()).toMatchObject({ refused: 1, probe: 7, answered: 2 });
  });
});

describe("failures below HTTP", () => {
  it("a port that nobody listens on: nothing is charged", async () => {
    const { laplas } = createTestEngine(await refusedURL());
    const error = await rejection(laplas.chat(ask("Hello")));
    expect(error).toMatchObject({ code: "network", retryable: true });
    expect((error as Error).message).toMatch(/^127\.0\.0\.1:\d+: no connection \(ECONNREFUSED\)\.$/);
    expect((await laplas.status()).windows[0]).toMatchObject({ used: 0, held: 0 });
  });

  it.each([
    ["reset", "network"],
    ["cut", "network"],
  ] as const)("a connection that is %s is charged an estimate", async (kind, code) => {
    const { laplas, sandbox } = await createPair();
    sandbox.fault({ kind });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code });
    const [window] = (await laplas.status()).windows;
    expect(window?.held).toBe(0);
    expect(window?.used).toBeGreaterThan(0);
  });
});

describe("retries", () => {
  it("try again after failures that may pass, each with a place of its own", async () => {
    const { laplas, sandbox, events } = await createPair({ maxRetries: 2 });
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 0 }, { times: 2 });
    const { laplas: report } = await laplas.chat(ask("Hello"));
    expect(report).toMatchObject({ attempts: 3, apiTokens: 16 });
    expect(events.filter(({ type }) => type === "retry")).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    expect(callEvents(events)).toHaveLength(1);
  });

  it("are not made after the first chunk", async () => {
    const { laplas, sandbox } = await createPair({ maxRetries: 2 });
    sandbox.fault({ kind: "cut", afterChunks: 3 });
    const error = await rejection(collect(laplas.chatStream(ask("Write 100 words about herons."))));
    expect(error).toMatchObject({ code: "network" });
    expect(sandbox.counts().received).toBe(1);
  });

  it("end when the caller leaves in the pause", async () => {
    const { laplas, sandbox } = await createPair({ maxRetries: 2 });
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 30 });
    const controller = new AbortController();
    laplas.onEvent((event) => {
      if (event.type === "retry") controller.abort(new Error("left"));
    });
    const error = await rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    expect(error).toMatchObject({ message: "left" });
    expect(isRetryable(error)).toBe(false);
  });
});

describe("an abort", () => {
  it("before the call sends nothing", async () => {
    const { laplas, sandbox } = await createPair();
    const reason = new Error("never mind");
    const error = await rejection(laplas.chat(ask("Hello"), { signal: AbortSignal.abort(reason) }));
    expect(error).toBe(reason);
    expect(isRetryable(error)).toBe(false);
    expect(sandbox.counts().received).toBe(0);
  });

  it("before the call asks nothing of the ledger", async () => {
    const recentCosts = () => Promise.reject(new LedgerError("was asked"));
    const { laplas } = createTestEngine("http://upstream.test/v1", {
      ledger: { ...createMemoryStore({ now: Date.now }), recentCosts },
    });
    expect(await rejection(laplas.chat(ask("Hello"), { signal: AbortSignal.abort("at once") }))).toBe("at once");
  });

  it("in the same turn as the call sends nothing either", async () => {
    const { laplas, sandbox } = await createPair();
    for (const streamed of [false, true]) {
      const controller = new AbortController();
      const options = { signal: controller.signal };
      const call = rejection(
        streamed ? collect(laplas.chatStream(ask("Hello"), options)) : laplas.chat(ask("Hello"), options),
      );
      controller.abort("at once");
      expect(await call).toBe("at once");
    }
    expect(sandbox.counts().received).toBe(0);
    expect(await laplas.status()).toMatchObject({ running: 0, waiting: 0 });
  });

  it("in the queue leaves no ticket", async () => {
    const gate = createGate();
    const { laplas, sandbox } = await createPair({ fetch: gate.fetch });
    const first = laplas.chat(ask("Hello"));
    await gate.reached;
    const controller = new AbortController();
    const second = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    controller.abort("enough");
    expect(await second).toBe("enough");
    expect((await laplas.status()).waiting).toBe(0);
    gate.open();
    await first;
    expect(sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
  });

  it("in mid-answer is told at once; the answer is read on for its cost, and the next call waits for that", async () => {
    const gate = createGate();
    const { laplas, sandbox, events } = await createPair({ fetch: gate.fetch });
    const controller = new AbortController();
    const first = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await gate.reached;
    controller.abort("enough");
    expect(await first).toBe("enough");
    const second = laplas.chat(ask("Hello"));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    expect(gate.count).toBe(1);
    gate.open();
    await second;
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
    expect((await laplas.status()).windows[0]?.used).toBe(sandbox.used());
    expect(callEvents(events)).toMatchObject([{ outcome: "aborted" }, { outcome: "answered" }]);
  });

  it("of a stream ends its loop; the rest is read for its cost, and the next call waits for that", async () => {
    const { laplas, sandbox, events } = await createPair();
    const controller = new AbortController();
    const stream = laplas.chatStream(ask("Write 60 words about herons."), { signal: controller.signal });
    const seen: string[] = [];
    const error = await rejection(
      (async () => {
        for await (const { choices } of stream) {
          seen.push(choices[0]?.delta.content ?? "");
          if (seen.length === 3) controller.abort("enough");
        }
      })(),
    );
    expect(error).toBe("enough");
    expect(seen).toHaveLength(3);
    expect(await stream.report).toMatchObject({ estimated: false, apiTokens: sandbox.used() });
    expect(callEvents(events)).toMatchObject([{ outcome: "aborted" }]);
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts().refused).toBe(0);
  });
});

describe("a stream", () => {
  it("brings what a whole answer brings, with its usage only if that was asked for", async () => {
    const { laplas, sandbox } = await createPair();
    const whole = await laplas.chat(ask("Tell me about herons."));
    for (const include_usage of [undefined, false, true]) {
      const stream = laplas.chatStream(
        ask("Tell me about herons.", include_usage === undefined ? {} : { stream_options: { include_usage } }),
      );
      const chunks = await collect(stream);
      expect(contentOf(chunks)).toBe(whole.choices[0]?.message.content);
      expect(chunks.filter(({ choices }) => choices.length === 0)).toHaveLength(include_usage === true ? 1 : 0);
      expect(await stream.report).toMatchObject({ estimated: false, apiTokens: whole.laplas.apiTokens });
      expect(sandbox.requests.at(-1)?.body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
    }
  });

  it("can have another call inside its loop: the place goes with the upstream, not with the reader", async () => {
    const { laplas, sandbox } = await createPair({ patienceMs: 5_000 });
    const answers: unknown[] = [];
    for await (const _ of laplas.chatStream(ask("Write 80 words about herons."))) {
      if (answers.length < 3) answers.push(await laplas.chat(ask("Hello")));
    }
    expect(answers).toHaveLength(3);
    expect(sandbox.counts()).toMatchObject({ answered: 4, refused: 0 });
  });
});

describe("secrets", () => {
  it("a server that says the key and the prompt back is not passed on", async () => {
    const url = await serve((request, response) => {
      const said = `${request.headers.authorization} said ${PROMPT}`;
      const body = JSON.stringify({ message: said, requestId: said });
      response.writeHead(Number(request.headers["x-none"] ?? 400)).end(body);
    });
    const { laplas, events } = createTestEngine(url);
    const { inspect } = await import("node:util");
    for (const streamed of [false, true]) {
      const error = await rejection(streamed ? collect(laplas.chatStream(ask(PROMPT))) : laplas.chat(ask(PROMPT)));
      const shown = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)} ${inspect(events, { depth: 9 })}`;
      expect(shown).not.toContain(API_KEY);
      expect(shown).not.toContain("heron");
    }
    expect(inspect(laplas, { depth: 9, showHidden: true })).not.toContain(API_KEY);
    expect(JSON.stringify(laplas)).not.toContain(API_KEY);
  });
});

describe("embeddings", () => {
  it("come in the order of the texts, whatever the number of requests", async () => {
    const { laplas, sandbox } = await createPair();
    const input = Array.from({ length: 205 }, (_, index) => `text number ${index}`);
    const many = await laplas.embed({ model: "text-embedding-3-small", input });
    expect(many.data.map(({ index }) => index)).toEqual(input.map((_, index) => index));
    expect(sandbox.counts().answered).toBe(3);
    const one = await laplas.embed({ model: "text-embedding-3-small", input: input[123] ?? "" });
    expect(many.data[123]?.embedding).toEqual(one.data[0]?.embedding);
    const texts = many.usage?.total_tokens ?? 0;
    expect(many.usage).toMatchObject({ prompt_tokens: texts, api_tokens: many.laplas.apiTokens });
    expect(texts).toBeGreaterThan(input.length);
  });

  it("one text at a time where the model takes one", async () => {
    const { laplas, sandbox } = await createPair();
    const { data } = await laplas.embed({ model: "BAAI/bge-base-en-v1.5", input: ["a", "b", "c"] });
    expect(data).toHaveLength(3);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });
});

describe("a prompt of 10 MB", () => {
  it.each([
    ["in one message", 1],
    ["in a thousand", 1_000],
  ])("%s is refused by the server in a clear error, without the prompt in it", async (_, count) => {
    const messages = Array.from({ length: count }, (__, index) => ({
      role: "user",
      content: `${index} ${"lorem ipsum dolor sit amet ".repeat(Math.ceil(10_000_000 / 27 / count))}`,
    }));
    const { laplas } = await createPair();
    const error = await rejection(laplas.chat({ model: "gpt-4o-mini", messages }));
    expect(error).toMatchObject({ code: "context_length" });
    expect((error as Error).message.length).toBeLessThan(500);
    expect((error as Error).message).not.toContain("lorem ipsum");
  });
});
