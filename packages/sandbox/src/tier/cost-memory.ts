import type { SandboxClock } from "./clock.js";

const dayMs = 86_400_000;

/** Remembers which kinds of request a key was told to be too dear. */
export interface CostMemory {
  /** Whether the key could not know it: it was not told in this day, as the upstream counts days or as UTC does. */
  isNews(kind: string): boolean;
}

/**
 * Nobody publishes what an image costs, so asking once a day is the only way to learn: that refusal is a probe. Clients
 * that do not know the reset hour count days from 00:00 UTC; either day will do.
 */
export function createCostMemory(clock: SandboxClock, day: () => number): CostMemory {
  const toldBy = new Map<string, { day: number; utcDay: number }>();
  return {
    isNews(kind) {
      const now = { day: day(), utcDay: Math.floor(clock.now() / dayMs) };
      const told = toldBy.get(kind);
      toldBy.set(kind, now);
      return told === undefined || told.day !== now.day || told.utcDay !== now.utcDay;
    },
  };
}
