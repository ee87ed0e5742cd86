import { describe, expect, it, onTestFinished, vi } from "vitest";
import { clockOf, REAL_CLOCK } from "./clock.js";

/** A `sleep` that ends when the test says so. */
function setup() {
  const naps: { readonly ms: number; readonly signal: AbortSignal; wake(): void; fail(): void }[] = [];
  const clock = clockOf(
    () => 5,
    (ms, signal) =>
      new Promise((resolve, reject) =>
        naps.push({ ms, signal, wake: resolve, fail: () => reject(new Error("woken")) }),
      ),
  );
  const act = vi.fn();
  return { clock, naps, act };
}

describe("a clock of a caller's own", () => {
  it("acts once its sleep is over, however that ends", async () => {
    for (const end of ["wake", "fail"] as const) {
      const { clock, naps, act } = setup();
      clock.start(30, act);
      expect(naps.map(({ ms }) => ms)).toEqual([30]);
      expect(act).not.toHaveBeenCalled();
      naps[0]?.[end]();
      await vi.waitFor(() => expect(act).toHaveBeenCalledOnce());
    }
  });

  it("tells a sleep that it is not needed any more, and does not hear of its end", async () => {
    const { clock, naps, act } = setup();
    const timer = clock.start(30, act);
    timer.stop();
    expect(naps[0]?.signal.aborted).toBe(true);
    naps[0]?.wake();
    await Promise.resolve();
    expect(act).not.toHaveBeenCalled();
  });

  it("counts anew", async () => {
    const { clock, naps, act } = setup();
    const timer = clock.start(30, act);
    timer.restart();
    naps[0]?.wake();
    await Promise.resolve();
    expect(act).not.toHaveBeenCalled();
    naps[1]?.wake();
    await vi.waitFor(() => expect(act).toHaveBeenCalledOnce());
  });
});

it("the runtime's clock acts after its time, counts anew, and can be stopped", () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const [act, never] = [vi.fn(), vi.fn()];
  const timer = REAL_CLOCK.start(30, act);
  REAL_CLOCK.start(30, never).stop();
  // Beyond what a timer holds is long, and not at once.
  REAL_CLOCK.start(3_000_000_000, never).unref();
  vi.advanceTimersByTime(29);
  timer.restart();
  vi.advanceTimersByTime(29);
  expect(act).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(act).toHaveBeenCalledOnce();
  expect(REAL_CLOCK.now()).toBe(performance.now());
  expect(never).not.toHaveBeenCalled();
});
