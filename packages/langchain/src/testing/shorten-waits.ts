import { afterEach, beforeEach, vi } from "vitest";

const LONGEST_MS = 250;
/** Longer timers are limits of a request, which no test should meet by chance. */
const LIMIT_MS = 100_000;
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

/**
 * Makes long timers short, in every test of the file, and tells which were waited for, and how long they were to be: nobody
 * sleeps, and waits are measured exactly.
 */
export function shortenWaits(): { readonly waited: readonly number[] } {
  const waited: number[] = [];
  const { setTimeout: begin, clearTimeout: end } = globalThis;
  const short = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): Timer => {
    const isLimit = ms > LIMIT_MS && ms !== ENDLESS_MS;
    if (isLimit || ms <= LONGEST_MS) return begin(run, ms, ...args);
    const runEarly = (): void => {
      waited.push(ms);
      run(...args);
    };
    if (ms !== ENDLESS_MS) return begin(runEarly, LONGEST_MS);
    const timer = begin(run, ms, ...args);
    endless.set(timer, () => run(...args));
    return timer;
  };
  const clear: typeof clearTimeout = (timer) => {
    endless.delete(timer as Timer);
    end(timer);
  };
  beforeEach(() => {
    waited.length = 0;
    vi.stubGlobal("setTimeout", Object.assign(short, begin));
    vi.stubGlobal("clearTimeout", clear);
  });
  afterEach(() => {
    for (const timer of [...endless.keys()]) clear(timer);
    vi.unstubAllGlobals();
  });
  return { waited };
}

/** For so long the platform's `fetch` keeps a connection that idles; on Node 22 by a timer of the process. */
const KEEP_ALIVE_MS = 4_000;

/** The longest wait before another try. */
export function longestPause(waited: readonly number[]): number {
  return Math.max(0, ...waited.filter((ms) => ms >= 900 && ms !== KEEP_ALIVE_MS));
}
