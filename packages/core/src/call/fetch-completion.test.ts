import { afterEach, describe, expect, it, test, vi } from "vitest";
import { estimateAnswered } from "../cost/estimate-cost.js";
import { isRetryable } from "../errors/laplas-error.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { LaplasOptions } from "../options.js";
import { readStatus } from "../status.js";
import { blockUntil, createTestContext, NOON, start } from "../testing/call.js";
import { ask, rejection } from "../testing/engine.js";
import { errorBody } from "../testing/server.js";
import { TransportError } from "../transport/transport.js";
import { fetchCompletion } from "./fetch-completion.js";

afterEach(() => void vi.useRealTimers());

const ANSWER = { id: "c", choices: [{ index: 0, message: { role: "assistant", content: "yes" } }] };
const image = { model: "flux/schnell", prompt: "A boat" };

/** A call whose upstream answers so. */
async function setup(
  fetch: NonNullable<LaplasOptions["fetch"]>,
  {
    body = ask("Hello"),
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
  const call = await start(context, body, { signal, requestId: "ours" });
  const answer = (lost?: AbortSignal) => {
    const { plan, reservation } = call;
    const answered = fetchCompletion(
      context,
      plan,
      call.body,
      lost === undefined ? reservation : { ...reservation, lost },
    );
    answered.catch(() => {});
    return answered;
  };
  return { context, ...call, answer, status: () => readStatus(context) };
}
const respond = (body: object | string, headers: Record<string, string> = {}) => {
  return async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { headers });
};

describe("an answer", () => {
  test.each([
    ["usage", { usage: { total_tokens: 16 } }],
    ["meta.usage", { usage: { total_tokens: 9 }, meta: { usage: { credits_used: 16 } } }],
  ])("is charged what its %s says, and frees the slot", async (_, cost) => {
    const { answer, plan, status } = await setup(respond({ ...ANSWER, ...cost }));
    expect(await answer()).toEqual({ ...ANSWER, ...cost });
    expect(plan.totals).toMatchObject({ cost: 16, estimated: false });
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 16, held: 0 }] });
  });

  it("that names no cost is charged an upper estimate, and still ends the block that it tried", async () => {
    const { answer, plan, context, status } = await setup(respond(ANSWER), { isProbe: true });
    await answer();
    expect(plan.totals.estimated).toBe(true);
    expect(plan.totals.cost).toBeGreaterThan(plan.estimate.expected.credits);
    expect((await status()).windows[0]?.used).toBe(plan.totals.cost);
    expect((await context.account.look([])).blocks).toEqual([]);
  });

  it.each([
    ["its text", { content: "yes" }, 3],
    ["its thoughts", { content: "yes", reasoning_content: "Is it? It is." }, 16],
    ["calls of tools", { content: null, tool_calls: [{ id: "1", function: { name: "f", arguments: '{"a":1}' } }] }, 7],
  ])("that names no cost is charged by %s, not by the JSON around it", async (_, message, characters) => {
    const padded = { ...ANSWER, choices: [{ index: 0, message }], system_fingerprint: "f".repeat(5_000) };
    const { answer, plan } = await setup(respond(padded), { body: ask("Hello there") });
    await answer();
    expect(plan.totals.cost).toBe(estimateAnswered(plan.estimate, characters).credits);
    expect(estimateAnswered(plan.estimate, 5_000).credits).toBeGreaterThan(plan.totals.cost);
  });

  it("that tells its tokens but no cost is charged these by the model's rates", async () => {
    const usage = { prompt_tokens: 40, completion_tokens: 20 };
    const { answer, plan } = await setup(respond({ ...ANSWER, meta: { usage } }), {
      body: ask("Hello", { model: "gpt-4o" }),
    });
    await answer();
    expect(plan.totals).toMatchObject({ cost: Math.ceil(40 * 10.5 + 20 * 31.5), estimated: true });
  });

  it("gives the call its id, if it has one", async () => {
    const named = await setup(respond(ANSWER, { "x-request-id": "theirs" }));
    await named.answer();
    expect(named.plan.totals.requestId).toBe("theirs");
    const nameless = await setup(respond(ANSWER));
    await nameless.answer();
    expect(nameless.plan.totals.requestId).toBe("ours");
  });

  test.each<[string, string, RegExp]>([
    ["a page", " \n<html>hello</html>", /^The upstream answered 200, but the body is an HTML page\.$/],
    ["a list", "[1]", /the body is no JSON object/],
    ["nothing", "", /the body is no JSON object/],
    ["null", "null", /the body is no JSON object/],
    ["a text", '"yes"', /the body is no JSON object/],
    ["half of one", '{"id":"c","choi', /the body is no JSON object/],
  ])("that is %s makes no sense, is charged an estimate, and keeps its slot for a while", async (_, body, message) => {
    const { answer, plan, status } = await setup(respond(body));
    const error = (await rejection(answer())) as Error;
    expect(error).toMatchObject({ code: "unexpected_response", retryable: false, httpStatus: 200 });
    expect(error.message).toMatch(message);
    expect(plan.totals).toMatchObject({ estimated: true });
    expect(plan.totals.cost).toBeGreaterThanOrEqual(plan.estimate.expected.credits);
    // Something in front may have written it, or cut it off, while the upstream goes on.
    expect(await status()).toMatchObject({ running: 1, windows: [{ used: plan.totals.cost, held: 0 }] });
  });

  it.each(["<html>", '{"status":"maintenance"}'])("that is no answer (%s) does not end a block", async (body) => {
    const { answer, context } = await setup(respond(body), { isProbe: true });
    await answer().catch(() => {});
    expect((await context.account.look([])).blocks).toEqual([blockUntil(NOON)]);
  });

  it("of a failure is that failure, and free of charge in the provider's own words", async () => {
    const { answer, status } = await setup(async () => new Response(errorBody(500, "down"), { status: 500 }));
    expect(await rejection(answer())).toMatchObject({ code: "unavailable", httpStatus: 500 });
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  });

  test.each([
    ["an error of theirs", errorBody(503, "down"), "unavailable"],
    [
      "an error in a choice that says nothing",
      '{"choices":[{"finish_reason":"error","message":{"content":""},"error":{"code":429,"message":"slow down"}}]}',
      "rate_limited",
    ],
    ["an error that names no status", '{"error":{"message":"down"}}', "unavailable"],
    ["their time-out", errorBody(504, "late"), "timeout"],
    ["a wrong request", errorBody(400, "Body validation error!"), "invalid_request"],
    ["a quota exceeded", errorBody(403, "[plan.rule:api_token] resource limit"), "daily_quota"],
  ])("with status 200 that is %s is that failure as well", async (_, body, code) => {
    const { answer, status } = await setup(respond(body));
    expect(await rejection(answer())).toMatchObject({ code, httpStatus: 200 });
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }] });
  });

  it("that has an error beside its choices is an answer", async () => {
    const both = { ...ANSWER, error: { message: "one tool failed" }, usage: { total_tokens: 16 } };
    const { answer } = await setup(respond(both));
    expect(await answer()).toEqual(both);
  });

  it("whose body breaks off is charged an estimate, and keeps its slot for a while", async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("reset")) });
    const { answer, plan, status } = await setup(async () => new Response(broken));
    expect(await rejection(answer())).toMatchObject({ code: "network", retryable: true });
    expect(await status()).toMatchObject({
      running: 1,
      windows: [{ used: plan.estimate.expected.credits, held: 0 }],
    });
  });

  it("is read to a bound that the largest documented one is within", async () => {
    const { context, plan, body, reservation } = await setup(respond(ANSWER));
    let bound = 0;
    const text = async (maxBytes: number): Promise<string> => {
      bound = maxBytes;
      return "{}";
    };
    const send = async () => ({
      status: 200,
      header: () => undefined,
      pieces: async function* () {},
      text,
      cancel() {},
    });
    await fetchCompletion({ ...context, transport: { ...context.transport, send } }, plan, body, reservation);
    expect(bound).toBeGreaterThan(7_000_000);
    expect(bound).toBeLessThanOrEqual(64_000_000);
  });
});

describe("a seed beyond what JavaScript counts", () => {
  const text = '{"images":[{"url":"http://a.example/1.png","seed":7}],"seed":18446744073709551615}';

  it("stays exact in an image's answer, as text", async () => {
    const { answer } = await setup(respond(text), { body: image });
    expect(await answer()).toMatchObject({ seed: "18446744073709551615", images: [{ seed: 7 }] });
  });

  it("is the server's business in a chat's", async () => {
    const { answer } = await setup(respond(text));
    expect((await answer()).seed).toBeTypeOf("number");
  });
});

describe("an abort", () => {
  /** A call whose upstream answers when it is told to. */
  async function held() {
    const { promise: response, resolve: respondWith } = Promise.withResolvers<Response>();
    const controller = new AbortController();
    const requests: AbortSignal[] = [];
    const setUp = await setup(
      async (_, init) => {
        if (init?.signal) requests.push(init.signal);
        return response;
      },
      { signal: controller.signal },
    );
    const failed = rejection(setUp.answer());
    return { ...setUp, failed, controller, requests, respondWith };
  }

  it("ends the call at once with its reason; the answer is read on for its cost", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { failed, controller, respondWith, requests, context, status } = await held();
    const reason = new Error("left");
    controller.abort(reason);
    expect(await failed).toBe(reason);
    expect(isRetryable(reason)).toBe(false);
    expect(requests[0]?.aborted).toBe(false);
    expect((await status()).running).toBe(1);
    respondWith(Response.json({ ...ANSWER, usage: { total_tokens: 16 } }));
    await Promise.all(context.account.activeCalls);
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 16 }] });
    // Nothing is given up any more.
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives a request five seconds to end, then charges an estimate", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { failed, controller, requests, context, plan, status } = await held();
    controller.abort("left");
    expect(await failed).toBe("left");
    await vi.advanceTimersByTimeAsync(4_999);
    expect(requests[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests[0]?.aborted).toBe(true);
    await Promise.all(context.account.activeCalls);
    // Its slot is kept for a while: the server may be at it still.
    expect(await status()).toMatchObject({
      running: 1,
      windows: [{ used: plan.estimate.expected.credits, held: 0 }],
    });
  });

  it("lets the process end although the request goes on", async () => {
    const { context, plan, body, reservation } = await setup(respond(ANSWER));
    const controller = new AbortController();
    let unrefs = 0;
    const transport = {
      ...context.transport,
      send: () => new Promise<never>((_, reject) => setImmediate(() => reject(new TransportError("broken", "cut")))),
      unref: () => {
        unrefs += 1;
      },
    };
    const call = { ...plan, signal: controller.signal };
    const failed = rejection(fetchCompletion({ ...context, transport }, call, body, reservation));
    expect(unrefs).toBe(0);
    controller.abort("left");
    await failed;
    expect(unrefs).toBe(1);
    await Promise.all(context.account.activeCalls);
  });
});

it("a lost slot ends the request at once, and the call with it", async () => {
  const lost = new AbortController();
  const requests: AbortSignal[] = [];
  const { answer } = await setup((_, init) => {
    if (init?.signal) requests.push(init.signal);
    return new Promise(() => {});
  });
  const failed = rejection(answer(lost.signal));
  const reason = new LedgerError("lost");
  lost.abort(reason);
  expect(await failed).toBe(reason);
  expect(requests[0]?.aborted).toBe(true);
});
