import { afterEach, beforeEach, vi } from "vitest";

const LONGEST_MS = 250;

/** Makes long timers short, in every test of the file, and tells what was asked for: nobody sleeps, and waits are measured exactly. */
export function shortenWaits(): { readonly asked: readonly number[] } {
  const asked: number[] = [];
  const real = globalThis.setTimeout;
  beforeEach(() => {
    asked.length = 0;
    const short = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      if (ms > LONGEST_MS) asked.push(ms);
      return real(run, Math.min(ms, LONGEST_MS), ...args);
    };
    vi.stubGlobal("setTimeout", Object.assign(short, real));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  return { asked };
}
