import { isBusy } from "./sqlite-errors.js";

/** How long a lock is tried for. Nobody holds one for longer than a step takes, or opening a file. */
export const LOCK_PATIENCE_MS = 5_000;

/** When a step that begins now is given up, by the process's own clock. */
export function patienceEnd(): number {
  return performance.now() + LOCK_PATIENCE_MS;
}

/** Waits for another process's lock without blocking the event loop, which SQLite's own busy wait would. */
export async function retryWhileBusy<T>(
  step: () => T | Promise<T>,
  mayPass: (error: unknown) => boolean = isBusy,
  giveUpAt: number = patienceEnd(),
): Promise<T> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!mayPass(error) || performance.now() > giveUpAt) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 9));
  }
}
