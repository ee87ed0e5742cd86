import { isLaplasError } from "../errors/laplas-error.js";
import type { CallPlan } from "./call-plan.js";
import type { CallContext } from "./context.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/**
 * Tries again after failures that may pass. Each attempt takes its own place in the ledger. A queue that stands still has
 * been waited for already, so `busy` is not tried again.
 *
 * @throws what the last attempt threw; the signal's reason
 */
export async function withRetries<T>(context: CallContext, plan: CallPlan, attempt: () => Promise<T>): Promise<T> {
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLaplasError(error) || !error.retryable || error.code === "busy" || retries >= plan.maxRetries) throw error;
      const waitMs = error.retryAfterMs ?? backOff(retries);
      const { code } = error;
      context.emit({ type: "retry", at: new Date(context.options.now()), code, attempt: retries + 1, waitMs });
      await pause(waitMs, plan.signal);
      plan.tally.waitedMs += waitMs;
    }
  }
}

/** Doubles, with up to half taken off by chance, so that a crowd spreads. */
function backOff(retries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries) * (1 - Math.random() / 2);
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
