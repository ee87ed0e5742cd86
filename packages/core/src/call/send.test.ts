import { afterEach, describe, expect, it, test, vi } from "vitest";
import type { LaplasError } from "../errors/laplas-error.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { BREAKER } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { LaplasOptions } from "../options.js";
import { readStatus } from "../status.js";
import { blockUntil, createTestContext, NOON, type StartedCall, start, useOf } from "../testing/call.js";
import { API_KEY, ask, rejection } from "../testing/engine.js";
import { errorBody } from "../testing/server.js";
import { TransportError } from "../transport/transport.js";
import type { CallContext } from "./call-context.js";
import { overCostCap } from "./cost-cap.js";
import { send } from "./send.js";

afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;
const QUOTA = '{"message":"You have exhausted the available [plan.rule:api_token] resource limit."}';
const image = { model: "flux/schnell", prompt: "A boat" };
const PAGE = "<html><body><h1>Bad Gateway</h1></body></html>";
const unwanted = new AbortController().signal;

/** An upstream that gives one answer to all, and an engine on it. */
async function setup(answer: () => Response | Promise<Response>, options: LaplasOptions = {}) {
  const requests: { url: string; init: RequestInit }[] = [];
  const { context, events } = createTestContext({
    fetch: async (input, init) => {
      requests.push({ url: String(input), init: init ?? {} });
      return answer();
    },
    ...options,
  });
  const begin = (body: object = ask("Hello")) => start(context, body);
  const status = () => readStatus(context);
  return { context, events, requests, begin, status };
}

const sendOf = (context: CallContext, { plan, body, reservation }: StartedCall) =>
  send(context, plan, body, reservation, unwanted);

/** The error of one call whose upstream answers so. */
async function failureOf(answer: () => Response | Promise<Response>, options: LaplasOptions = {}, body?: object) {
  const setUp = await setup(answer, options);
  const call = await setUp.begin(body);
  const error = (await rejection(sendOf(setUp.context, call))) as Error & { resetsAt?: Date };
  return { ...setUp, error, call };
}
const respond = (status: number, body = "", headers: Record<string, string> = {}) => {
  return () => new Response(body, { status, headers });
};

describe("a request", () => {
  it("has the body and the path of the plan, and the engine's own headers only", async () => {
    const { context, begin, requests } = await setup(respond(200, "{}"));
    await sendOf(context, await begin(ask("Hello", { max_tokens: 900 })));
    expect(requests).toHaveLength(1);
    expect(requests[0]?.url).toBe("http://upstream.test/v1/chat/completions");
    expect(requests[0]?.init).toMatchObject({ method: "POST", redirect: "manual" });
    expect(JSON.parse(String(requests[0]?.init.body))).toEqual(ask("Hello", { max_tokens: 512 }));
    expect(requests[0]?.init.headers).toEqual({
      authorization: `Bearer ${API_KEY}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "user-agent": "laplas-core",
    });
  });

  it("is not sent by an engine that is closed", async () => {
    const { context, begin, requests } = await setup(respond(200, "{}"));
    const call = await begin();
    const closed = { ...context, closed: AbortSignal.abort() };
    expect(await rejection(sendOf(closed, call))).toMatchObject({ code: "invalid_options" });
    expect(requests).toEqual([]);
    expect(await readStatus(context)).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  });

  it("that JSON can't express is the caller's mistake: nothing is sent or charged", async () => {
    const { context, begin, requests, status } = await setup(respond(200, "{}"));
    const endless = { type: "function", function: { name: "f", parameters: { maximum: 5n } } };
    const error = await rejection(sendOf(context, await begin(ask("Hello", { tools: [endless] }))));
    expect(error).toMatchObject({ code: "invalid_request", retryable: false });
    expect(requests).toEqual([]);
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  });
});

describe("an answer", () => {
  test.each([200, 201, 299])("with status %i is a success: unread, and its slot still held", async (code) => {
    const { context, begin, status } = await setup(respond(code, "body"));
    const response = await sendOf(context, await begin());
    expect(response.status).toBe(code);
    expect(await response.text(100)).toBe("body");
    expect((await status()).running).toBe(1);
  });

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
    ["several choices", 300, "", "unexpected_response", false],
    ["too many requests", 429, '{"message":"Too Many Requests"}', "rate_limited", true],
    ["an error of theirs", 500, errorBody(500, "Internal server error"), "unavailable", true],
    ["their bad gateway", 502, '{"error":{"message":"down"}}', "unavailable", true],
    ["their time-out", 504, errorBody(504, "late"), "timeout", true],
    ["their impatience", 408, errorBody(408, "late"), "timeout", true],
    // Answered without passing on.
    ["a firewall's page", 403, "<html>resource limit of plan.rule:api_token</html>", "unexpected_response", false],
    ["a proxy's 404", 404, PAGE, "invalid_request", false],
    ["a proxy's refusal of the size", 413, PAGE, "request_size", false],
    ["a proxy's bound on the rate", 429, "<html>free limit for the hour</html>", "rate_limited", true],
  ])("that is %s (%i) is an error, and costs nothing", async (_, code, body, errorCode, retryable) => {
    const { error, status } = await failureOf(respond(code, body, { location: "http://127.0.0.1:1/elsewhere" }));
    expect(error).toMatchObject({ code: errorCode, retryable, httpStatus: code });
    expect(error.message).not.toContain("undefined");
    expect(await status()).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 0, held: 0 }] });
  });

  test.each(
    [408, 500, 502, 503, 504, 520, 522, 524, 599].flatMap((code) =>
      [PAGE, "", "error code: 524", '{"message":"Endpoint request timed out"}', "[]"].map(
        (body) => [code, body] as const,
      ),
    ),
  )(
    "%i of something in front (%j) is uncertain: charged, its slot kept for a while, and retried after that",
    async (code, body) => {
      let at = NOON;
      const { error, call, context, status } = await failureOf(respond(code, body), { now: () => at });
      expect(error).toMatchObject({
        code: code === 408 || code === 504 ? "timeout" : "unavailable",
        retryable: true,
        httpStatus: code,
        retryAfterMs: 5_000,
      });
      const { credits: expected } = call.plan.estimate.expected;
      expect(expected).toBeGreaterThan(0);
      expect(call.plan.totals).toMatchObject({ cost: expected, estimated: true });
      at += 4_999;
      expect(await status()).toMatchObject({ running: 1, waiting: 0, windows: [{ used: expected, held: 0 }] });
      at += 1;
      expect((await status()).running).toBe(0);
      expect(context.account.activeCalls.size).toBe(0);
    },
  );

  it("of something in front does not end a block: it says nothing of the account", async () => {
    const { context, begin } = await setup(respond(502, PAGE));
    const { store, name: account } = await context.account.open();
    await store.teach(account, [{ kind: "block", ...blockUntil(NOON) }]);
    const call = await begin();
    expect(call.reservation.probe).toBe(true);
    expect(await rejection(sendOf(context, call))).toMatchObject({ code: "unavailable" });
    expect((await context.account.look([])).blocks).toEqual([blockUntil(NOON)]);
  });

  it("of something in front that asks for a longer pause gets it", async () => {
    const { error } = await failureOf(respond(503, PAGE, { "retry-after": "30" }));
    expect(error).toMatchObject({ code: "unavailable", retryAfterMs: 30_000 });
    const shorter = await failureOf(respond(503, PAGE, { "retry-after": "1" }));
    expect(shorter.error).toMatchObject({ retryAfterMs: 5_000 });
  });

  it("without a status, as browsers hide a redirect, is none", async () => {
    const { error, status } = await failureOf(() => Response.error());
    expect(error).toMatchObject({ code: "unexpected_response", httpStatus: 0 });
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  });

  it("that says back the key and the prompt is not passed on", async () => {
    const prompt = "the heron waits by the mill until the evening";
    const body = JSON.stringify({ message: `${API_KEY} said ${prompt}`, requestId: `${API_KEY} ${prompt}` });
    const { error } = await failureOf(respond(400, body), {}, ask(prompt));
    expect(error.message).toBe("The upstream refused the request (upstream status 400): [key] said [prompt]");
    expect(error).not.toHaveProperty("requestId");
  });

  test.each([
    ["1e300", 0],
    ["1e20", 0],
    ["-5", 0],
    ["NaN", 0],
    ["0x10", 0],
    ["soon", 0],
    ["", 0],
    ["99999999999999", 0],
    ["0.0001", 1],
  ])("that asks for the odd pause %j names no far reset", async (pause, retryAfterMs) => {
    const hourly = '{"message":"You\'ve reached your free limit for the hour."}';
    const { error, status } = await failureOf(respond(429, hourly, { "retry-after": pause }));
    const expected = retryAfterMs === 0 ? { code: "hourly_quota" } : { code: "rate_limited", retryAfterMs };
    expect(error).toMatchObject(expected);
    expect(error.resetsAt?.getTime()).toBeLessThanOrEqual(NOON + HOUR_MS + 2_000);
    expect((await status()).running).toBe(0);
  });

  it("of a failing server that asks for a pause of hours asks for a minute", async () => {
    const { error } = await failureOf(respond(503, "", { "retry-after": "86400" }));
    expect(error).toMatchObject({ code: "unavailable", retryable: true, retryAfterMs: 60_000 });
  });
});

describe("the body of a failed answer", () => {
  const pieces = (...texts: string[]) => texts.map((text) => new TextEncoder().encode(text));

  it("is read as far as it comes", async () => {
    const [first] = pieces('{"message":"[plan.rule:api_token] resource');
    const { error } = await failureOf(() => {
      const stream = new ReadableStream({
        pull(controller) {
          if (controller.desiredSize === 1) controller.enqueue(first);
          else controller.error(new Error("reset"));
        },
      });
      return new Response(stream, { status: 403 });
    });
    expect(error).toMatchObject({ code: "daily_quota" });
  });

  test.each([
    ["within", 2_000, "daily_quota"],
    ["beyond", 2_001, "unexpected_response"],
  ])("is looked at %s its first 2,000 characters: a quota that ends at %i", async (_, end, code) => {
    const { error } = await failureOf(respond(403, "plan.rule:".padStart(end, "x")));
    expect(error).toMatchObject({ code });
  });

  it("of any length is left after its beginning", async () => {
    const [piece] = pieces("x".repeat(1_000));
    let pulled = 0;
    let isLeft = false;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(piece);
      },
      cancel() {
        isLeft = true;
      },
    });
    const { error } = await failureOf(() => new Response(endless, { status: 500 }));
    expect(error.message).toBe("The upstream answered 500");
    expect(isLeft).toBe(true);
    // The 64,000 characters, and what streams on the way buffer.
    expect(pulled).toBeLessThan(80);
  });

  it("is waited for no longer than it comes", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    await failureOf(respond(500, "down"));
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that drips gets five seconds, then what has come counts", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const [first] = pieces('{"message":"[plan.rule:api_token] resource');
    const stream = new ReadableStream({ start: (controller) => controller.enqueue(first) });
    const { context, begin, status } = await setup(() => new Response(stream, { status: 403 }));
    let error: unknown;
    const failed = rejection(sendOf(context, await begin())).then((thrown) => {
      error = thrown;
    });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(error).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await failed;
    expect(error).toMatchObject({ code: "daily_quota" });
    expect(vi.getTimerCount()).toBe(0);
    expect((await status()).running).toBe(0);
  });
});

describe("a quota that the server calls exceeded", () => {
  it("blocks the account until the reset", async () => {
    const body = `{"message":"[plan.rule:api_token], visit https://www.apilaplas.com/app/billing","requestId":"r-1"}`;
    const { error, events, status } = await failureOf(respond(403, body));
    const resetsAt = new Date("2026-03-11T00:00:02.000Z");
    expect(error).toMatchObject({
      name: "FatalLimitError",
      code: "daily_quota",
      rule: "daily_api_tokens",
      resetsAt,
      httpStatus: 403,
      requestId: "r-1",
      billingUrl: "https://www.apilaplas.com/app/billing",
    });
    expect(error.message).toMatch(/daily quota used up \(the server says so\)/);
    expect(events).toEqual([
      { type: "upstream-quota", at: new Date(NOON), code: "daily_quota", until: resetsAt, ledgerLeft: 50_000 },
    ]);
    expect(await status()).toMatchObject({ running: 0, blockedUntil: resetsAt, windows: [{ used: 0, held: 0 }] });
  });

  it("resets by the ledger's clock, since this one may be wrong", async () => {
    const ledger = createMemoryStore({ now: () => NOON + HOUR_MS });
    const { error } = await failureOf(respond(403, QUOTA, { "retry-after": "7200" }), { ledger });
    expect(error.resetsAt).toEqual(new Date(NOON + 3 * HOUR_MS));
  });

  it("names no rest where the tier counts nothing", async () => {
    const { error, events } = await failureOf(respond(403, QUOTA), { tier: "paid" });
    expect(error).toMatchObject({ code: "daily_quota", rule: "upstream" });
    expect(events[0]).not.toHaveProperty("ledgerLeft");
  });

  it("in answer to a probe blocks the account for an hour: the day begins later than assumed", async () => {
    const { context, begin, status } = await setup(respond(403, QUOTA));
    const { store, name: account } = await context.account.open();
    await store.teach(account, [{ kind: "block", ...blockUntil(NOON) }]);
    const error = await rejection(sendOf(context, await begin()));
    expect(error).toMatchObject({ code: "daily_quota", resetsAt: new Date(NOON + HOUR_MS) });
    expect((await status()).blockedUntil).toEqual(new Date(NOON + HOUR_MS));
    // Such a refusal is one end of the gap in which the day begins.
    expect(await context.account.learnedReset.passed(NOON + HOUR_MS)).toBe(13);
  });

  it("in answer to the try of an open breaker blocks the account until the reset: it tells nothing of when the day begins", async () => {
    const { context, begin } = await setup(respond(403, QUOTA));
    const { store, name: account } = await context.account.open();
    const breaker = { ...blockUntil(NOON), name: BREAKER };
    await store.teach(account, [{ kind: "block", ...breaker }]);
    const call = await begin();
    expect(call.reservation).toMatchObject({ probe: true, triesReset: false });
    const resetsAt = new Date("2026-03-11T00:00:02.000Z");
    expect(await rejection(sendOf(context, call))).toMatchObject({ code: "daily_quota", resetsAt });
    expect(await context.account.learnedReset.passed(NOON + HOUR_MS)).toBeUndefined();
  });

  it("that was used up before our day began blocks the account for an hour, too", async () => {
    let at = NOON - 18 * HOUR_MS;
    const { context, begin } = await setup(respond(403, QUOTA), { now: () => at });
    const { reservation } = await begin();
    await reservation.settle({ use: useOf(45_000), estimated: false, lingerMs: 0, outcome: "answered" });
    at = NOON;
    const error = await rejection(sendOf(context, await begin()));
    expect(error).toMatchObject({ code: "daily_quota", resetsAt: new Date(NOON + HOUR_MS) });
  });

  it.each(["teach a block", "view", "teach a value"] as const)(
    "stands although the ledger fails to %s",
    async (step) => {
      const memory = createMemoryStore({ now: () => NOON });
      let isFailing = false;
      const check = (failing: string): void => {
        if (isFailing && failing === step) throw new LedgerError("disk full");
      };
      const ledger: LedgerStore = {
        ...memory,
        async view(...call) {
          check("view");
          return memory.view(...call);
        },
        async teach(account, lessons) {
          for (const { kind } of lessons) check(`teach a ${kind}`);
          await memory.teach(account, lessons);
        },
      };
      const { context, begin, events, status } = await setup(respond(403, QUOTA), { ledger });
      if (step === "teach a value") {
        const { name } = await context.account.open();
        await memory.teach(name, [{ kind: "block", ...blockUntil(NOON) }]);
      }
      const call = await begin();
      isFailing = true;
      expect(await rejection(sendOf(context, call))).toMatchObject({ code: "daily_quota" });
      isFailing = false;
      expect((await status()).running).toBe(0);
      expect(events).toContainEqual(expect.objectContaining({ type: "warning", message: "disk full" }));
    },
  );
});

describe("a price that the server refuses", () => {
  const refused = respond(403, '{"message":"This costs more than 512 API tokens."}');

  it("is remembered, and costs nothing", async () => {
    const { error, context, status, call } = await failureOf(refused, {}, image);
    expect(error).toMatchObject({ code: "request_cost", retryable: false });
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
    expect(await overCostCap(context, call.plan)).toBe(true);
  });

  it("is an error also where the ledger can't remember it", async () => {
    const ledger = { ...createMemoryStore({ now: () => NOON }), teach: () => Promise.reject(new LedgerError("full")) };
    const { error, events, status } = await failureOf(refused, { ledger }, image);
    expect(error).toMatchObject({ code: "request_cost" });
    expect(events).toMatchObject([{ type: "warning", message: "full" }]);
    expect((await status()).running).toBe(0);
  });
});

describe("a request that fails below HTTP", () => {
  /** What becomes of a call whose request fails with an error; `lost` is the signal of its slot. */
  async function broken(error: unknown, { lost, isClosing = false }: { lost?: AbortSignal; isClosing?: boolean } = {}) {
    let at = NOON;
    const { context, begin, status } = await setup(respond(200), { now: () => at });
    const closing = new AbortController();
    const fail = async (): Promise<never> => {
      if (isClosing) closing.abort();
      throw error;
    };
    const call = await begin();
    const thrown = await rejection(
      sendOf(
        { ...context, closed: closing.signal, transport: { ...context.transport, send: fail } },
        { ...call, reservation: { ...call.reservation, lost } },
      ),
    );
    const { running, windows } = await status();
    at += 5_000;
    const { running: runningLater } = await status();
    return { thrown, running, runningLater, used: windows[0]?.used, expected: call.plan.estimate.expected.credits };
  }

  test.each([
    ["unsent", "network", false, 0],
    // The server may be at it still.
    ["broken", "network", true, 1],
    ["timeout", "timeout", true, 1],
    ["aborted", "network", true, 1],
  ] as const)("(%s) is %s; charged: %s; slots kept for a while: %i", async (kind, code, isCharged, slots) => {
    const { thrown, used, expected, running, runningLater } = await broken(new TransportError(kind, "it broke"));
    expect(thrown).toMatchObject({ code, retryable: true, message: "upstream.test: it broke." });
    expect((thrown as LaplasError).retryAfterMs).toBe(isCharged ? 5_000 : undefined);
    expect([used, running, runningLater]).toEqual([isCharged ? expected : 0, slots, 0]);
  });

  it("because its engine is being closed says so, and may run on", async () => {
    const error = new TransportError("broken", "it broke");
    const { thrown, used, expected, running } = await broken(error, { isClosing: true });
    expect(thrown).toMatchObject({ code: "invalid_options" });
    expect([used, running]).toEqual([expected, 1]);
  });

  it("because its slot is lost says so", async () => {
    const lost = AbortSignal.abort(new LedgerError("lost"));
    const { thrown, used, expected } = await broken(new TransportError("aborted", "it broke"), { lost });
    expect(thrown).toBe(lost.reason);
    expect(used).toBe(expected);
  });

  it("in a way that nobody expected is passed on as it is, free of charge", async () => {
    const defect = new Error("defect");
    const { thrown, running, used } = await broken(defect);
    expect(thrown).toBe(defect);
    expect([running, used]).toEqual([0, 0]);
  });
});
