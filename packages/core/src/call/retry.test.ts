import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { isRetryable } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";
import { createTestContext, plan } from "../testing/call.js";
import { ask, rejection } from "../testing/engine.js";
import { withRetries } from "./retry.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const down = () => new UpstreamError("unavailable", "down");

/** A call whose first attempts fail as told. */
function setup(failures: readonly unknown[], options: { maxRetries?: number; signal?: AbortSignal } = {}) {
  const { context, events } = createTestContext();
  const call = plan(context, ask("Hello"), { maxRetries: 2, ...options });
  let attempts = 0;
  const answer = withRetries(context, { plan: call, isFurther: false }, async () => {
    attempts += 1;
    if (attempts <= failures.length) throw failures[attempts - 1];
    return "answer";
  });
  // What is rejected while the clock stands is looked at later.
  answer.catch(() => {});
  const retries = () => events.filter((event) => event.type === "retry");
  return { context, call, answer, attempts: () => attempts, retries };
}

describe("a retryable failure", () => {
  it("is retried until an attempt succeeds", async () => {
    const { answer, attempts, retries } = setup([down(), new UpstreamError("network", "cut")]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await answer).toBe("answer");
    expect(attempts()).toBe(3);
    expect(retries()).toMatchObject([
      { attempt: 1, code: "unavailable" },
      { attempt: 2, code: "network" },
    ]);
  });

  test.each([0, 1, 2, 5])("is retried at most %i times, then the last failure is thrown", async (maxRetries) => {
    const failures = Array.from({ length: maxRetries + 1 }, (_, index) => new UpstreamError("network", `${index}`));
    const { answer, attempts } = setup(failures, { maxRetries });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await rejection(answer)).toBe(failures.at(-1));
    expect(attempts()).toBe(maxRetries + 1);
  });

  it("does not concern a call that succeeds at once", async () => {
    const { answer, call, retries } = setup([]);
    expect(await answer).toBe("answer");
    expect(retries()).toEqual([]);
    expect(call.totals.waitedMs).toBe(0);
  });
});

test.each<[string, unknown]>([
  ["an invalid request", new FatalUpstreamError("invalid_request", "wrong")],
  ["an exceeded quota", new FatalLimitError("daily_quota", "exceeded")],
  ["a busy queue, which has been waited for already", new RetryableLimitError("busy", "busy", { retryAfterMs: 1 })],
  ["an error of unknown origin", new Error("defect")],
  ["an abort", "left"],
])("%s is not retried", async (_, failure) => {
  const { answer, attempts, retries } = setup([failure]);
  expect(await rejection(answer)).toBe(failure);
  expect(attempts()).toBe(1);
  expect(retries()).toEqual([]);
});

describe("the pause before another attempt", () => {
  it("is exactly what a limit asks for", async () => {
    const { answer, attempts, call } = setup([
      new RetryableLimitError("rate_limited", "slow", { retryAfterMs: 7_000 }),
    ]);
    await vi.advanceTimersByTimeAsync(6_999);
    expect(attempts()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(attempts()).toBe(2);
    await answer;
    expect(call.totals.waitedMs).toBe(7_000);
  });

  it("is longer than a failure asks for, whose request may run until then: callers that fail together spread out", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const { answer, retries } = setup([1, 2].map(() => new UpstreamError("timeout", "late", { retryAfterMs: 5_000 })));
    for (const retry of [1, 2]) {
      // The account is asked about the breaker first.
      await expect.poll(() => retries().length).toBe(retry);
      await vi.advanceTimersByTimeAsync(6_000);
    }
    await answer;
    expect(retries().map(({ waitMs }) => waitMs)).toEqual([5_375, 5_750]);
  });

  it("is skipped where the server asks for 0 ms", async () => {
    const { answer } = setup([new RetryableLimitError("rate_limited", "slow", { retryAfterMs: 0 })]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await answer).toBe("answer");
  });

  test.each<[string, number, number[]]>([
    ["no jitter", 0, [500, 1_000, 2_000, 4_000, 8_000, 8_000]],
    ["the most jitter, half of it", 1, [250, 500, 1_000, 2_000, 4_000, 4_000]],
    ["some jitter", 0.5, [375, 750, 1_500, 3_000, 6_000, 6_000]],
  ])("doubles up to 8 s where the server names none: with %s", async (_, chance, expected) => {
    vi.spyOn(Math, "random").mockReturnValue(chance);
    const { answer, call, retries } = setup(Array.from({ length: 6 }, down), { maxRetries: 6 });
    await vi.advanceTimersByTimeAsync(60_000);
    await answer;
    expect(retries().map(({ waitMs }) => waitMs)).toEqual(expected);
    expect(call.totals.waitedMs).toBe(expected.reduce((sum, ms) => sum + ms, 0));
  });

  it("differs from call to call, so that callers spread out", async () => {
    const calls = Array.from({ length: 20 }, () => setup([down()]));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(new Set(calls.map(({ retries }) => retries()[0]?.waitMs)).size).toBeGreaterThan(10);
  });
});

describe("an abort", () => {
  it("during the pause rejects with the signal's reason and makes no further attempt", async () => {
    const controller = new AbortController();
    const { answer, attempts, call } = setup([down()], { signal: controller.signal });
    await vi.advanceTimersByTimeAsync(1);
    controller.abort("left");
    expect(await rejection(answer)).toBe("left");
    expect(attempts()).toBe(1);
    expect(call.totals.waitedMs).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("before the pause rejects at once", async () => {
    const { answer, attempts } = setup([down()], { signal: AbortSignal.abort("left") });
    expect(await rejection(answer)).toBe("left");
    expect(attempts()).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("closing the engine", () => {
  it("during the pause stops retrying", async () => {
    const { answer, attempts, context } = setup([down()]);
    await vi.advanceTimersByTimeAsync(1);
    await context.close();
    const error = await rejection(answer);
    expect(error).toMatchObject({ code: "invalid_options" });
    expect(isRetryable(error)).toBe(false);
    expect(attempts()).toBe(1);
  });

  it("before the failure stops retrying, and reports no retry", async () => {
    const { context, events } = createTestContext();
    const failed = withRetries(
      context,
      { plan: plan(context, ask("Hello"), { maxRetries: 2 }), isFurther: false },
      async () => {
        await context.close();
        throw down();
      },
    );
    expect(await rejection(failed)).toMatchObject({ code: "invalid_options" });
    expect(events).toEqual([]);
  });
});
