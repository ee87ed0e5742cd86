import { isBusy } from "./sqlite-errors.js";

/** How long a lock is tried for. Nobody holds one for longer than a step takes, or opening a file. */
export const LOCK_PATIENCE_MS = 5_000;

/** Waits for another process's lock without blocking the event loop, which SQLite's own busy wait would. */
export async function retryWhileBusy<T>(
  step: () => T | Promise<T>,
  heals: (error: unknown) => boolean = isBusy,
): Promise<T> {
  const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!heals(error) || performance.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 9));
  }
}
