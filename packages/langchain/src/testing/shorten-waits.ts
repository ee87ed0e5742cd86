import { afterEach, beforeEach, vi } from "vitest";

const LONGEST_MS = 250;
/** A timer of this length ends by {@link endEndless} alone. */
export const ENDLESS_MS = 3_600_000;

type Timer = ReturnType<typeof setTimeout>;

const endless: Map<Timer, () => void> = new Map();

/** Ends the timers of {@link ENDLESS_MS} that run now, in a file with {@link shortenWaits}. */
export function endEndless(): void {
  for (const [timer, run] of [...endless]) {
    clearTimeout(timer);
    run();
  }
}

/** Makes long timers short, in every test of the file, and tells what was asked for: nobody sleeps, and waits are measured exactly. */
export function shortenWaits(): { readonly asked: readonly number[] } {
  const asked: number[] = [];
  const { setTimeout: begin, clearTimeout: end } = globalThis;
  const short = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer => {
    if (ms > LONGEST_MS) asked.push(ms);
    if (ms !== ENDLESS_MS) return begin(run, Math.min(ms, LONGEST_MS), ...args);
    const timer = begin(run, ms, ...args);
    endless.set(timer, () => run(...args));
    return timer;
  };
  const clear: typeof clearTimeout = (timer) => {
    endless.delete(timer as Timer);
    end(timer);
  };
  beforeEach(() => {
    asked.length = 0;
    vi.stubGlobal("setTimeout", Object.assign(short, begin));
    vi.stubGlobal("clearTimeout", clear);
  });
  afterEach(() => {
    for (const timer of [...endless.keys()]) clear(timer);
    vi.unstubAllGlobals();
  });
  return { asked };
}

/** For so long the platform's `fetch` keeps a connection that idles; on Node 22 by a timer of the process. */
const KEEP_ALIVE_MS = 4_000;

/** The longest wait before another try; longer timers are those of the connection. */
export function longestPause(asked: readonly number[]): number {
  return Math.max(0, ...asked.filter((ms) => ms >= 900 && ms < 5_000 && ms !== KEEP_ALIVE_MS));
}
