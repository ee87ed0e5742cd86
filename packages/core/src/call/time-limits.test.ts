import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TransportError } from "../transport/transport.js";
import { keepTime } from "./time-limits.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

function setup(limits: { timeoutMs?: number; deadlineMs?: number } = {}) {
  const reasons: TransportError[] = [];
  const time = keepTime({ timeoutMs: 1_000, deadlineMs: 100_000, ...limits }, (reason) => reasons.push(reason));
  return { time, reasons };
}

describe("silence", () => {
  it("before the head ends the request after its time", () => {
    const { reasons } = setup();
    vi.advanceTimersByTime(999);
    expect(reasons).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reasons).toMatchObject([{ kind: "timeout", message: "no answer for 1000 ms" }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("after it ends it as well, counted anew from each content", () => {
    const { time, reasons } = setup();
    for (let count = 0; count < 5; count += 1) {
      vi.advanceTimersByTime(999);
      time.heard();
    }
    expect(reasons).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(reasons).toMatchObject([{ kind: "timeout", message: "the answer stalled for 1000 ms" }]);
  });

  it("is not counted while nothing is read", () => {
    const { time, reasons } = setup();
    time.pause();
    vi.advanceTimersByTime(50_000);
    expect(reasons).toEqual([]);
    time.heard();
    vi.advanceTimersByTime(1_000);
    expect(reasons).toHaveLength(1);
  });
});

describe("a request that may be left", () => {
  const setupLeave = (answers: boolean[]) => {
    const reasons: TransportError[] = [];
    let asked = 0;
    const leave = { afterMs: 250, isWanted: async () => answers[asked++] ?? false };
    const time = keepTime({ timeoutMs: 1_000, deadlineMs: 100_000, leave }, (reason) => reasons.push(reason));
    return { time, reasons, asked: () => asked };
  };

  it("is, after its time without content, once somebody else can answer", async () => {
    const { time, reasons, asked } = setupLeave([false, true]);
    time.head();
    await vi.advanceTimersByTimeAsync(499);
    expect([asked(), reasons]).toEqual([1, []]);
    await vi.advanceTimersByTimeAsync(1);
    const message = "no answer for 250 ms, and another target can answer";
    expect(reasons).toMatchObject([{ kind: "timeout", message }]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is not after content, though that came while somebody else was asked", async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const reasons: TransportError[] = [];
    const leave = { afterMs: 250, isWanted: () => promise };
    const time = keepTime({ timeoutMs: 1_000, deadlineMs: 100_000, leave }, (reason) => reasons.push(reason));
    await vi.advanceTimersByTimeAsync(250);
    time.heard();
    resolve(true);
    await vi.advanceTimersByTimeAsync(999);
    expect(reasons).toEqual([]);
    time.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("the deadline", () => {
  it("ends a request that is never silent, and one whose reader stands still", () => {
    for (const keepOn of ["heard", "pause"] as const) {
      const { time, reasons } = setup();
      for (let count = 0; count < 199; count += 1) {
        time[keepOn]();
        vi.advanceTimersByTime(500);
      }
      expect(reasons).toEqual([]);
      time[keepOn]();
      vi.advanceTimersByTime(500);
      expect(reasons).toMatchObject([
        {
          kind: "timeout",
          message: 'the answer has not ended within its deadline of 100000 ms (option "deadlineMs")',
        },
      ]);
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  it("may be sooner than silence", () => {
    const { reasons } = setup({ deadlineMs: 10 });
    vi.advanceTimersByTime(10);
    expect(reasons).toMatchObject([{ message: expect.stringContaining("deadline of 10 ms") }]);
  });
});

describe("an answer that is whole", () => {
  it("gives its connection half a second to end, whatever else comes", () => {
    const { time, reasons } = setup({ timeoutMs: 60_000 });
    time.close();
    vi.advanceTimersByTime(499);
    for (const step of ["heard", "pause", "close"] as const) time[step]();
    expect(reasons).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(reasons).toMatchObject([{ kind: "aborted" }]);
  });
});

it("nothing is counted after the end", () => {
  const { time, reasons } = setup();
  time.stop();
  for (const step of ["heard", "pause", "close", "unref"] as const) time[step]();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(200_000);
  expect(reasons).toEqual([]);
});

it("a process that has nothing else to do may end meanwhile, also after more content", () => {
  vi.useRealTimers();
  const begun: NodeJS.Timeout[] = [];
  const begin = globalThis.setTimeout;
  vi.stubGlobal("setTimeout", (...args: Parameters<typeof begin>) => {
    const timer = begin(...args);
    begun.push(timer);
    return timer;
  });
  try {
    const { time } = setup();
    expect(begun.every((timer) => timer.hasRef())).toBe(true);
    time.unref();
    time.heard();
    time.pause();
    time.heard();
    expect(begun).toHaveLength(3);
    expect(begun.some((timer) => timer.hasRef())).toBe(false);
    time.stop();
  } finally {
    vi.unstubAllGlobals();
  }
});
