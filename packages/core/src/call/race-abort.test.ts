import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, test, vi } from "vitest";
import { isRetryable } from "../errors/laplas-error.js";
import { rejection } from "../testing/engine.js";
import { abortReason, createDetachable, raceAbort } from "./race-abort.js";

describe("a request that outlives its caller", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  function setup(lost?: AbortSignal) {
    let unrefs = 0;
    const limits = { timeoutMs: 60_000, deadlineMs: 100_000 };
    const detachable = createDetachable(
      limits,
      () => {
        unrefs += 1;
      },
      lost,
    );
    return { ...detachable, unrefs: () => unrefs };
  }

  it("goes on for five seconds, then it is given up", () => {
    const { signal, detach } = setup();
    detach();
    vi.advanceTimersByTime(4_999);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  });

  it("counts the five seconds from the first leave, and lets the process go once", () => {
    const { signal, detach, unrefs } = setup();
    expect(unrefs()).toBe(0);
    detach();
    vi.advanceTimersByTime(3_000);
    detach();
    expect(unrefs()).toBe(1);
    vi.advanceTimersByTime(2_000);
    expect(signal.aborted).toBe(true);
  });

  it("is not given up after its end", () => {
    const { signal, detach, ended } = setup();
    detach();
    ended();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5_000);
    expect(signal.aborted).toBe(false);
  });

  it("has nothing to leave once it has ended", () => {
    const { detach, ended, unrefs } = setup();
    ended();
    detach();
    expect([unrefs(), vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("ends at once when its slot is lost", () => {
    const lost = new AbortController();
    const { signal } = setup(lost.signal);
    expect(signal.aborted).toBe(false);
    lost.abort();
    expect(signal.aborted).toBe(true);
  });

  it("ends in time in any case: after silence, and at its deadline", () => {
    const silent = setup();
    vi.advanceTimersByTime(60_000);
    expect(silent.signal.reason).toMatchObject({ kind: "timeout", message: "no answer for 60000 ms" });
    const talking = setup();
    vi.advanceTimersByTime(59_999);
    talking.time.heard();
    vi.advanceTimersByTime(40_001);
    expect(talking.signal.reason).toMatchObject({ kind: "timeout", message: expect.stringContaining("deadlineMs") });
  });

  it("no longer cares for its slot after its end", () => {
    const lost = new AbortController();
    const { signal, ended } = setup(lost.signal);
    ended();
    expect(getEventListeners(lost.signal, "abort")).toEqual([]);
    lost.abort();
    expect(signal.aborted).toBe(false);
  });
});

describe("waiting for work", () => {
  function setup(work: Promise<unknown>, signal: AbortSignal | undefined) {
    let aborts = 0;
    const result = raceAbort(work, signal, () => {
      aborts += 1;
    });
    result.catch(() => {});
    return { result, aborts: () => aborts };
  }

  test.each([["without a signal"], ["with one"]])("brings its outcome, %s", async (how) => {
    const signal = how === "with one" ? new AbortController().signal : undefined;
    const failure = new Error("failed");
    expect(await setup(Promise.resolve("done"), signal).result).toBe("done");
    expect(await rejection(setup(Promise.reject(failure), signal).result)).toBe(failure);
    if (signal !== undefined) expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("ends at once with the abort's reason, not retryable, though the work goes on", async () => {
    const controller = new AbortController();
    const { promise: work, resolve } = Promise.withResolvers<string>();
    const { result, aborts } = setup(work, controller.signal);
    const reason = new Error("left");
    controller.abort(reason);
    expect(await rejection(result)).toBe(reason);
    expect(isRetryable(reason)).toBe(false);
    expect(aborts()).toBe(1);
    resolve("done");
    expect(await work).toBe("done");
  });

  it("ends at once where the signal was aborted before", async () => {
    const { result, aborts } = setup(new Promise(() => {}), AbortSignal.abort("left"));
    expect(await rejection(result)).toBe("left");
    expect(aborts()).toBe(1);
  });

  it("hears of no abort after its end", async () => {
    const controller = new AbortController();
    const { result, aborts } = setup(Promise.resolve("done"), controller.signal);
    await result;
    controller.abort("late");
    expect(aborts()).toBe(0);
  });

  it("keeps a failure after the abort to itself: nobody is left to hear it", async () => {
    const unhandled: unknown[] = [];
    const hear = (error: unknown): void => void unhandled.push(error);
    process.on("unhandledRejection", hear);
    try {
      const controller = new AbortController();
      const { promise: work, reject } = Promise.withResolvers<string>();
      const { result } = setup(work, controller.signal);
      controller.abort("left");
      await rejection(result);
      reject(new Error("late"));
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", hear);
    }
  });
});

describe("the reason of an abort", () => {
  it("is the caller's own, marked where it can be", () => {
    const reason = new Error("left");
    expect(abortReason(AbortSignal.abort(reason))).toBe(reason);
    expect(isRetryable(reason)).toBe(false);
    expect(abortReason(AbortSignal.abort("text"))).toBe("text");
  });

  it("is the platform's where the caller gives none", () => {
    expect(abortReason(AbortSignal.abort())).toMatchObject({ name: "AbortError" });
  });
});
