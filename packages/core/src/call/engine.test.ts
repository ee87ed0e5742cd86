import { afterEach, describe, expect, it, test, vi } from "vitest";
import { isLaplasError, isRetryable, type LaplasError } from "../errors/laplas-error.js";
import type { LaplasEvent } from "../events.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory-store.js";
import type { ChatCompletionChunk } from "../request/wire-types.js";
import { API_KEY, ask, createPair, createTestEngine, rejection } from "../testing/engine.js";
import { chunk, eventStream, refusedURL, serve } from "../testing/server.js";

const PROMPT = "the heron waits by the mill until the evening";
const contentOf = (chunks: readonly ChatCompletionChunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("");

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const callEvents = (events: readonly LaplasEvent[]) => events.filter((event) => event.type === "call");

afterEach(() => {
  vi.useRealTimers();
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

  it("reads the cost of both generations of answers", async () => {
    const { laplas, sandbox } = await createPair({}, { usage: "meta" });
    expect((await laplas.chat(ask("Hello"))).laplas.apiTokens).toBe(16);
    expect(sandbox.used()).toBe(16);
  });

  it("says that the tier cut it, and warns once", async () => {
    const { laplas, events } = await createPair();
    for (const max_tokens of [undefined, 4_000, 512, 20]) {
      const answer = await laplas.chat(
        ask("Write 2000 words about herons.", max_tokens === undefined ? {} : { max_tokens }),
      );
      expect(answer.choices[0]?.finish_reason).toBe("length");
      expect(answer.laplas.truncatedByTier).toBe(max_tokens === undefined || max_tokens > 512);
    }
    expect(events.filter(({ type }) => type === "warning")).toHaveLength(2);
  });

  it("charges an upper estimate where the server names no cost", async () => {
    const url = await serve((_, response) => {
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ id: "c", choices: [{ index: 0, message: { role: "assistant", content: "yes" } }] }),
      );
    });
    const { laplas } = createTestEngine(url);
    const { laplas: report } = await laplas.chat(ask("Hello"));
    expect(report.estimated).toBe(true);
    expect(report.apiTokens).toBeGreaterThan(16);
    expect((await laplas.status()).windows[0]?.used).toBe(report.apiTokens);
  });
});

describe("answers that are none", () => {
  test.each<[string, number, string, string, boolean]>([
    ["a wrong key", 401, '{"message":"This request requires a valid API key."}', "authentication", false],
    ["a body error", 400, '{"message":"Body validation error! Expected string"}', "invalid_request", false],
    ["an unknown path", 404, "nothing here", "invalid_request", false],
    [
      "a context overflow",
      400,
      '{"message":"This model\'s maximum context length is 8192 tokens"}',
      "context_length",
      false,
    ],
    ["an unknown 403", 403, '{"message":"Forbidden by the firewall"}', "unexpected_response", false],
    ["a redirect", 302, "", "unexpected_response", false],
    ["too many requests", 429, '{"message":"Too Many Requests"}', "rate_limited", true],
    ["an error of theirs", 500, '{"message":"Internal server error"}', "unavailable", true],
    ["a proxy's page", 502, "<html><body>502 Bad Gateway</body></html>", "unavailable", true],
    ["a proxy's time-out", 504, "", "timeout", true],
    ["a page as an answer", 200, "<html>hello</html>", "unexpected_response", false],
    ["a list as an answer", 200, "[1]", "unexpected_response", false],
    ["nothing as an answer", 200, "", "unexpected_response", false],
    ["half an answer", 200, '{"id":"c","choi', "unexpected_response", false],
    ["an answer without choices", 200, '{"id":"c"}', "unexpected_response", false],
    ["an answer with odd choices", 200, '{"id":"c","choices":[null]}', "unexpected_response", false],
  ])("%s (%i)", async (_, status, body, code, retryable) => {
    const url = await serve((__, response) => {
      response.writeHead(status, { location: "http://127.0.0.1:1/elsewhere" }).end(body);
    });
    for (const streamed of [false, true]) {
      const { laplas, events } = createTestEngine(url);
      const error = await rejection(
        streamed && status !== 200 ? collect(laplas.chatStream(ask(PROMPT))) : laplas.chat(ask(PROMPT)),
      );
      expect(isLaplasError(error)).toBe(true);
      expect(error).toMatchObject({ code, retryable });
      expect(isRetryable(error)).toBe(retryable);
      if (status !== 200 && code !== "rate_limited") expect(error).toMatchObject({ httpStatus: status });
      expect((error as Error).message).not.toContain("undefined");
      expect(callEvents(events)).toMatchObject([{ outcome: "failed", code }]);
      // The place is free again.
      expect(await laplas.status()).toMatchObject({ running: 0, waiting: 0 });
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

  test.each(["1e300", "1e20", "-5", "NaN", "0x10", "0.0001", "soon", "", "99999999999999"])(
    "a quota with the pause %j is still one, and holds nothing up",
    async (pause) => {
      const url = await serve((_, response) => {
        response
          .writeHead(429, { "retry-after": pause })
          .end('{"message":"You\'ve reached your free limit for the hour."}');
      });
      const { laplas } = createTestEngine(url);
      const error = (await rejection(laplas.chat(ask("Hello")))) as LaplasError;
      expect(isLaplasError(error)).toBe(true);
      expect(["hourly_quota", "rate_limited"]).toContain(error.code);
      expect(error.resetsAt?.getTime()).toBeLessThan(Date.now() + 40 * 86_400_000);
      expect((await laplas.status()).running).toBe(0);
    },
  );

  it("does not sleep through a pause of hours that a failing server asks for", async () => {
    const url = await serve((_, response) => {
      response.writeHead(503, { "retry-after": "86400" }).end();
    });
    const { laplas } = createTestEngine(url);
    const error = (await rejection(laplas.chat(ask("Hello")))) as LaplasError;
    expect(error).toMatchObject({ code: "unavailable", retryable: true });
    expect(error.retryAfterMs ?? 0).toBeLessThanOrEqual(60_000);
  });

  it("frees the place when the ledger can't take the block down", async () => {
    const memory = createMemoryStore({ now: Date.now });
    const ledger: LedgerStore = { ...memory, block: () => Promise.reject(new Error("disk full")) };
    const { laplas, sandbox } = await createPair({ ledger }, { rules: { dailyApiTokens: 1 } });
    await laplas.chat(ask("Hello"));
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
    expect((await laplas.status()).running).toBe(0);
    expect(sandbox.counts().refused).toBe(1);
  });

  it("knows a spent budget from a body that broke off", async () => {
    const url = await serve((_, response) => {
      response.writeHead(403, { "content-length": "1000" });
      response.write('{"message":"You have exhausted the available [plan.rule:api_token] resource limit.', () =>
        response.destroy(),
      );
    });
    const { laplas } = createTestEngine(url);
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "daily_quota" });
  });

  it("reads no more than the beginning of an error page of 10 MB", async () => {
    const url = await serve((_, response) => {
      response.writeHead(500).end(`<html>${"x".repeat(10_000_000)}`);
    });
    const { laplas } = createTestEngine(url);
    const error = (await rejection(laplas.chat(ask("Hello")))) as Error;
    expect(error.message).toBe("The upstream answered 500: an HTML page");
  });

  it("gives an error page that drips five seconds, and frees the place", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let began = (): void => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const url = await serve((_, response) => {
      response.writeHead(403);
      response.write('{"message":"[plan.rule:api_token] resource limit', began);
    });
    const { laplas } = createTestEngine(url, {
      // undici's own timers are not the test's.
      fetch: (input, init) => fetch(input, init),
      now: () => 0,
    });
    const failed = rejection(laplas.chat(ask("Hello")));
    await begun;
    await vi.waitUntil(() => vi.getTimerCount() >= 1);
    for (let seconds = 0; seconds < 7; seconds += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await failed).toMatchObject({ code: "daily_quota" });
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

  it.each([true, false])("an answer that stalls ends with the time-out, streamed: %s", async (streamed) => {
    const { laplas, sandbox } = await createPair();
    sandbox.fault({ kind: "stall", afterChunks: 2 });
    const error = await rejection(
      streamed
        ? collect(laplas.chatStream(ask("Write 200 words about herons."), { timeoutMs: 150 }))
        : laplas.chat(ask("Hello"), { timeoutMs: 150 }),
    );
    expect(error).toMatchObject({ code: "timeout", retryable: true });
    expect((error as Error).message).toContain("150 ms");
  });

  it("keeps the place for a while after a time-out: the server may be at it still", async () => {
    let at = Date.parse("2026-03-10T12:00:00.000Z");
    const { laplas, sandbox } = await createPair({ now: () => at });
    // undici looks at its clock once a second.
    sandbox.fault({ kind: "slow", firstByteMs: 1_600 });
    expect(await rejection(laplas.chat(ask("Hello"), { timeoutMs: 100 }))).toMatchObject({ code: "timeout" });
    expect((await laplas.status()).running).toBe(1);
    const next = laplas.chat(ask("Hello"));
    await sandbox.idle();
    at += 5_000;
    await next;
    expect(sandbox.counts().refused).toBe(0);
  });

  it.each([
    ["a big integer", { seed: 5n }],
    [
      "a cycle",
      (() => {
        const loop: { self?: unknown } = {};
        loop.self = loop;
        return { metadata: loop };
      })(),
    ],
  ])("%s in the body is the caller's mistake: said so, nothing sent, nothing charged", async (_, fields) => {
    for (const fetch of [undefined, globalThis.fetch]) {
      const { laplas, sandbox } = await createPair({ maxRetries: 2, fetch });
      const error = await rejection(laplas.chat(ask(PROMPT, fields)));
      expect(error).toMatchObject({ code: "invalid_request", retryable: false });
      expect((error as Error).message).toMatch(/JSON/);
      expect(sandbox.counts().received).toBe(0);
      expect(await laplas.status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
    }
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

  it("end with the last failure", async () => {
    const { laplas, sandbox } = await createPair({ maxRetries: 1 });
    sandbox.fault({ kind: "rateLimit", retryAfterSeconds: 0 }, { times: 5 });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject({ code: "rate_limited" });
    expect(sandbox.counts().received).toBe(2);
  });

  it("are not made for what can't pass", async () => {
    const { laplas, sandbox } = await createPair({ maxRetries: 2 });
    sandbox.fault({ kind: "respond", status: 400, body: { message: "Body validation error!" } }, { times: 5 });
    await rejection(laplas.chat(ask("Hello")));
    expect(sandbox.counts().received).toBe(1);
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

  it.each([
    { maxRetries: Number.NaN },
    { maxRetries: -1 },
    { maxRetries: 0.5 },
    { timeoutMs: -1 },
    { timeoutMs: Number.NaN },
  ])("and time-outs that are no counts are refused before anything is sent: %o", async (options) => {
    const { laplas, sandbox } = await createPair();
    const error = await rejection(laplas.chat(ask("Hello"), options));
    expect(error).toMatchObject({ code: "invalid_options" });
    expect((error as Error).message).toContain(`"${Object.keys(options)[0]}"`);
    expect(sandbox.counts().received).toBe(0);
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
    const { laplas, sandbox } = await createPair({}, { latencyMs: 50 });
    const first = laplas.chat(ask("Hello"));
    const controller = new AbortController();
    const second = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await vi.waitUntil(async () => (await laplas.status()).waiting === 1);
    controller.abort("enough");
    expect(await second).toBe("enough");
    await first;
    expect(sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
  });

  it("in mid-answer is told at once; the answer is read on for its cost, and the next call waits for that", async () => {
    const { laplas, sandbox, events } = await createPair({}, { latencyMs: 120 });
    const controller = new AbortController();
    const first = rejection(laplas.chat(ask("Hello"), { signal: controller.signal }));
    await vi.waitUntil(() => sandbox.running() === 1);
    controller.abort("enough");
    expect(await first).toBe("enough");
    expect(sandbox.running()).toBe(1);
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts()).toMatchObject({ answered: 2, refused: 0 });
    expect((await laplas.status()).windows[0]?.used).toBe(sandbox.used());
    expect(callEvents(events)).toMatchObject([{ outcome: "aborted" }, { outcome: "answered" }]);
  });

  it("in mid-stream ends the loop with the reason, and the rest is read for its cost", async () => {
    const { laplas, sandbox } = await createPair({}, { chunkDelayMs: 3 });
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
    const report = await stream.report;
    expect(report).toMatchObject({ estimated: false, apiTokens: sandbox.used() });
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts().refused).toBe(0);
  });

  it("of a request that does not end is charged an upper estimate after five seconds, and its place lingers", async () => {
    let at = Date.parse("2026-03-10T12:00:00.000Z");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { laplas, sandbox } = await createPair({ now: () => at });
    sandbox.fault({ kind: "stall", afterChunks: 2 });
    const controller = new AbortController();
    const stream = laplas.chatStream(ask("Write 60 words about herons."), { signal: controller.signal });
    const failed = rejection(
      (async () => {
        for await (const _ of stream) controller.abort("enough");
      })(),
    );
    expect(await failed).toBe("enough");
    await vi.advanceTimersByTimeAsync(5_000);
    const report = await stream.report;
    expect(report).toMatchObject({ estimated: true });
    expect(report.apiTokens).toBeGreaterThan(0);
    expect((await laplas.status()).running).toBe(1);
    at += 5_000;
    expect((await laplas.status()).running).toBe(0);
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

  it("of a model that can't is one chunk, and said so", async () => {
    const { laplas, sandbox } = await createPair({ tier: "paid" }, { rules: { dailyApiTokens: null } });
    const stream = laplas.chatStream({ ...ask("Hello"), model: "o1", stream_options: { include_usage: true } });
    const chunks = await collect(stream);
    expect(chunks).toHaveLength(2);
    expect(chunks[0]).toMatchObject({ object: "chat.completion.chunk", choices: [{ delta: { role: "assistant" } }] });
    expect(chunks[1]).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
    expect((await stream.report).adjusted).toContainEqual({ field: "stream", to: "stream=one_chunk", rule: "dialect" });
    expect(sandbox.requests[0]?.body).not.toHaveProperty("stream");
  });

  it("sends nothing until it is read", async () => {
    const { laplas, sandbox } = await createPair();
    laplas.chatStream(ask("Hello"));
    await laplas.chat(ask("Hello"));
    expect(sandbox.counts().received).toBe(1);
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

  it("that is left is read on for its cost, and reported", async () => {
    const { laplas, sandbox, events } = await createPair({}, { chunkDelayMs: 2 });
    const stream = laplas.chatStream(ask("Write 60 words about herons."));
    for await (const _ of stream) break;
    expect(await stream.report).toMatchObject({ estimated: false, apiTokens: sandbox.used() });
    expect(callEvents(events)).toMatchObject([{ outcome: "aborted" }]);
  });

  it("that is refused reports too: nothing waits for ever", async () => {
    const { laplas } = await createPair();
    const stream = laplas.chatStream({ ...ask("Hello"), model: "veo2" });
    expect(await rejection(collect(stream))).toMatchObject({ code: "model_not_on_tier" });
    expect(await stream.report).toMatchObject({ apiTokens: 0, attempts: 0 });
  });

  it.each<[string, string, object]>([
    ["cut off", eventStream(chunk("Herons "), chunk("wait.")), { code: "network", retryable: true }],
    ["empty", "", { code: "network" }],
    ["broken by garbage", `${eventStream(chunk("Herons "))}data: {"choi\n\n`, { code: "unexpected_response" }],
    ["broken by a list", eventStream(chunk("Herons "), "[]"), { code: "unexpected_response" }],
    ["broken by a text", eventStream("hello"), { code: "unexpected_response" }],
    [
      "broken by an error of theirs",
      eventStream(chunk("a"), { error: { message: "engine overheated" } }),
      {
        code: "unavailable",
        message: "The upstream broke its stream off: engine overheated",
      },
    ],
  ])("%s is an error after what came, never an end", async (_, body, error) => {
    const url = await serve((__, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
    });
    const { laplas, events } = createTestEngine(url);
    expect(await rejection(collect(laplas.chatStream(ask("Hello"))))).toMatchObject(error);
    expect(callEvents(events)).toMatchObject([{ outcome: "failed" }]);
    const status = await laplas.status();
    expect(status.running).toBe(0);
    expect(status.windows[0]?.used).toBeGreaterThan(0);
  });

  it.each([
    { choices: [{ delta: { tool_calls: 5 } }] },
    { choices: [{ delta: { tool_calls: [null] } }] },
    { choices: [{ delta: 7 }] },
    { choices: 7 },
    { choices: [null] },
    { usage: 5 },
    { usage: { total_tokens: "many" } },
    {},
  ])("with the odd chunk %j goes on", async (odd) => {
    const url = await serve((_, response) => {
      response.writeHead(200).end(eventStream(chunk("a"), odd, chunk("b", "stop"), "[DONE]"));
    });
    const { laplas } = createTestEngine(url);
    const chunks = await collect(laplas.chatStream(ask("Hello")));
    expect(chunks.at(0)).toEqual(chunk("a"));
    expect(chunks.at(-1)).toEqual(chunk("b", "stop"));
    expect((await laplas.status()).windows[0]?.used).toBeGreaterThan(0);
  });

  it("that breaks is charged for what came of it, not for a usual answer", async () => {
    const text = "word ".repeat(400);
    const url = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(eventStream(chunk(text)), () => response.destroy());
    });
    const { laplas } = createTestEngine(url);
    await rejection(collect(laplas.chatStream({ ...ask("Hello"), model: "gpt-4o" })));
    // 2,000 characters are 500 model tokens at least, at 31.5 each.
    expect((await laplas.status()).windows[0]?.used).toBeGreaterThan(500 * 31.5);
  });

  it("may come in pieces of any size", async () => {
    const body = Buffer.from(eventStream(chunk("grüne "), chunk("Wiesen 🌿"), chunk("", "stop"), "[DONE]"));
    const url = await serve(async (_, response) => {
      for (const byte of body) {
        response.write(Buffer.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    const { laplas } = createTestEngine(url);
    expect(contentOf(await collect(laplas.chatStream(ask("Hello"))))).toBe("grüne Wiesen 🌿");
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
    expect(many.usage?.total_tokens).toBe(many.laplas.apiTokens);
  });

  it("one text at a time where the model takes one", async () => {
    const { laplas, sandbox } = await createPair();
    const { data } = await laplas.embed({ model: "BAAI/bge-base-en-v1.5", input: ["a", "b", "c"] });
    expect(data).toHaveLength(3);
    expect(sandbox.counts()).toMatchObject({ answered: 3, refused: 0 });
  });

  it("say what was finished when a later request fails", async () => {
    const { laplas, sandbox } = await createPair();
    let seen = 0;
    sandbox.fault({ kind: "serverError" }, { times: 1, when: () => ++seen > 2 });
    const error = await rejection(laplas.embed({ model: "BAAI/bge-base-en-v1.5", input: ["a", "b", "c"] }));
    expect(error).toMatchObject({ code: "unavailable", completed: [{ index: 0 }, { index: 1 }] });
  });

  it.each([
    { data: "none" },
    { data: [] },
    { data: [null] },
    { data: [{ index: 0 }] },
    { data: [{ index: 9, embedding: [1] }] },
    { data: [{ index: 0, embedding: "no base64!" }] },
    {},
  ])("that make no sense are an error: %j", async (body) => {
    const url = await serve((_, response) => {
      response.writeHead(200).end(JSON.stringify(body));
    });
    const { laplas } = createTestEngine(url);
    const error = await rejection(laplas.embed({ model: "text-embedding-3-small", input: "a" }));
    expect(error).toMatchObject({ code: "unexpected_response" });
  });

  it("that come twice are an error", async () => {
    const url = await serve((_, response) => {
      const item = { index: 0, embedding: [1] };
      response.writeHead(200).end(JSON.stringify({ data: [item, item] }));
    });
    const { laplas } = createTestEngine(url);
    const error = await rejection(laplas.embed({ model: "text-embedding-3-small", input: ["a", "b"] }));
    expect(error).toMatchObject({ code: "unexpected_response" });
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
