import { afterEach, describe, expect, it, test, vi } from "vitest";
import { endpointOf, toCheckError } from "./check.js";
import { FatalLimitError, RetryableLimitError } from "./errors/limit-errors.js";
import { NOON } from "./testing/call.js";
import { ask, createPair, createTestEngine, rejection } from "./testing/engine.js";
import { createGate } from "./testing/gate.js";
import { tierOf, windowRule } from "./testing/tier.js";

afterEach(() => void vi.useRealTimers());

const imageMessage = [
  { role: "user", content: [{ type: "image_url", image_url: { url: "https://example.com/a.png" } }] },
];

describe("check", () => {
  it("says what a call would meet, and spends nothing", async () => {
    const { laplas, sandbox, events } = await createPair();
    expect(await laplas.check(ask("Hello", { max_tokens: 900 }))).toMatchObject({
      verdict: "pass",
      model: "gpt-4o-mini",
      adjusted: [{ to: "max_tokens=512" }],
      cost: { expected: expect.any(Number), worst: expect.any(Number) },
    });
    expect(await laplas.check({ model: "text-embedding-3-small", input: "a" })).toMatchObject({ verdict: "pass" });
    expect(sandbox.counts().received).toBe(0);
    expect(await laplas.status()).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 0, held: 0 }] });
    expect(events).toEqual([]);
  });

  test.each<[string, object, string]>([
    ["an attachment", { messages: imageMessage }, "image_input"],
    ["an unknown model", { model: "gpt4o-mni" }, "model_not_on_tier"],
    ["an off-tier model", { model: "veo2" }, "model_not_on_tier"],
    ["no messages", { messages: [] }, "invalid_request"],
    ["NaN", { temperature: Number.NaN }, "invalid_request"],
  ])("refuses %s in the words of the call", async (_, fields, code) => {
    const { laplas } = await createPair();
    const request = ask("Hello", fields);
    const [checked, thrown] = [await laplas.check(request), await rejection(laplas.chat(request))];
    expect(checked).toMatchObject({
      verdict: "refuse",
      error: { code, retryable: false, message: (thrown as Error).message },
    });
    expect(thrown).toMatchObject({ code });
  });

  it("tells of the queue and of a spent day", async () => {
    const gate = createGate();
    // In the last minute of a day its reset is a wait, not a quota.
    const { laplas, sandbox } = await createPair({ fetch: gate.fetch, now: () => NOON });
    const call = laplas.chat(ask("Hello"));
    await gate.reached;
    expect(await laplas.check(ask("Hello"))).toMatchObject({ verdict: "wait", position: 0 });
    gate.open();
    await call;
    sandbox.fault({ kind: "publishedError" });
    await rejection(laplas.chat(ask("Hello")));
    expect(await laplas.check(ask("Hello"))).toMatchObject({
      verdict: "refuse",
      error: { code: "daily_quota", resetsAt: expect.any(Date), retryable: false },
    });
  });
});

describe("a request that would wait for a window", () => {
  const pace = windowRule({
    id: "pace",
    meter: "requests",
    limit: 2,
    period: { type: "rolling", spanMs: 50_000 },
    marginMs: 0,
  });

  it("is told for how long, which is how long the call waits", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let at = NOON;
    const { laplas } = await createPair({ tier: tierOf(pace), now: () => at });
    await laplas.chat(ask("Hello"));
    at += 1_000;
    await laplas.chat(ask("Hello"));
    expect(await laplas.check(ask("Hello"))).toMatchObject({ verdict: "wait", position: 0, waitMs: 49_000 });
    const call = laplas.chat(ask("Hello"));
    await expect.poll(async () => (await laplas.status()).waiting).toBe(1);
    // The waiting call takes what is free first.
    expect(await laplas.check(ask("Hello"))).toMatchObject({ verdict: "wait", position: 1, waitMs: 50_000 });
    at += 49_000;
    await vi.advanceTimersByTimeAsync(49_000);
    expect((await call).laplas.attempts).toBe(1);
  });

  it("beyond the call's patience is refused as the call is", async () => {
    const { laplas } = await createPair({ tier: tierOf(pace), now: () => NOON, patienceMs: 49_999 });
    for (let calls = 0; calls < 2; calls += 1) await laplas.chat(ask("Hello"));
    const error = { code: "rate_limited", retryable: true, retryAfterMs: 50_000 };
    expect(await laplas.check(ask("Hello"))).toMatchObject({ verdict: "refuse", error });
    expect(await rejection(laplas.chat(ask("Hello")))).toMatchObject(error);
  });

  it("is not told where only slots are in the way", async () => {
    const gate = createGate();
    const { laplas } = await createPair({ fetch: gate.fetch, now: () => NOON });
    const call = laplas.chat(ask("Hello"));
    await gate.reached;
    expect(await laplas.check(ask("Hello"))).not.toHaveProperty("waitMs");
    gate.open();
    await call;
  });
});

describe("the cost of a request", () => {
  it("is told for all its requests together", async () => {
    const { laplas } = await createPair();
    expect(await laplas.check({ model: "flux/schnell", prompt: "A boat", n: 3 })).toMatchObject({
      verdict: "pass",
      cost: { expected: 1_536, worst: 1_536 },
    });
  });

  it("is what such calls have cost, which may be more than an answer of full length should", async () => {
    const answer = { choices: [{ index: 0, message: { role: "assistant", content: "yes" } }] };
    const { laplas } = createTestEngine("http://upstream.test/v1", {
      fetch: async () => Response.json({ ...answer, usage: { total_tokens: 20_000 } }),
    });
    const { cost } = await laplas.check(ask("Hello"));
    expect(cost?.worst).toBeGreaterThan(cost?.expected ?? Number.NaN);
    expect(cost?.worst).toBeLessThan(20_000);
    await laplas.chat(ask("Hello"));
    expect(await laplas.check(ask("Hello"))).toMatchObject({ cost: { expected: 20_000, worst: 20_000 } });
  });
});

describe("a price that was refused", () => {
  it("is refused by a check as well", async () => {
    const { laplas } = await createPair({}, { imagePrices: () => 600 });
    const request = { model: "flux/schnell", prompt: "A boat" };
    expect(await laplas.check(request)).toMatchObject({ verdict: "pass" });
    await rejection(laplas.image(request));
    expect(await laplas.check(request)).toMatchObject({ verdict: "refuse", error: { code: "request_cost" } });
  });
});

describe("the endpoint of a body", () => {
  test.each([
    [{ input: "a" }, "embedding"],
    [{ input: "a", prompt: "b" }, "embedding"],
    [{ prompt: "a" }, "image"],
    [{ messages: [] }, "chat"],
    [{}, "chat"],
    [null, "chat"],
    ["input", "chat"],
  ])("%j is %s", (body, endpoint) => expect(endpointOf(body)).toBe(endpoint));
});

describe("an error as a check tells it", () => {
  it("has what the error has, and nothing of its inside", () => {
    const resetsAt = new Date(5);
    const retryable = new RetryableLimitError("busy", "Wait.", { retryAfterMs: 5, rule: "r" });
    expect(toCheckError(retryable)).toEqual({
      code: "busy",
      message: "Wait.",
      retryable: true,
      retryAfterMs: 5,
      rule: "r",
    });
    const fatal = new FatalLimitError("daily_quota", "No.", { resetsAt, param: "n", requestId: "r-1", cause: "x" });
    expect(toCheckError(fatal)).toEqual({
      code: "daily_quota",
      message: "No.",
      retryable: false,
      resetsAt,
      param: "n",
    });
  });
});
