import type { ClosingSignal } from "../closing.js";

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Repeats a step of a store that failed, until it succeeds or nobody wants it any more; then it is tried a last time at once.
 * Steps are idempotent, so one that failed half-way may be repeated. It keeps no process alive.
 */
export async function keepTrying(step: () => Promise<unknown>, unwanted: ClosingSignal): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; !unwanted.aborted; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
    await pause(pauseMs, unwanted);
    try {
      return void (await step());
    } catch {
      // Told when it failed first.
    }
  }
}

function pause(ms: number, unwanted: ClosingSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      unwanted.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    if (typeof timer === "object") timer.unref();
    unwanted.addEventListener("abort", wake, { once: true });
  });
}
