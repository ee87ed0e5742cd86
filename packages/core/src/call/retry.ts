import type { Clock } from "../clock.js";
import type { ClosingSignal } from "../closing.js";
import { closedError } from "../errors/closed-error.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { UpstreamError } from "../errors/upstream-errors.js";
import type { CallContext } from "./call-context.js";
import type { Part } from "./job.js";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/**
 * Tries again after failures that may pass. Each attempt takes its own place in the ledger. A queue that stands still has
 * been waited for already, so `busy` is not tried again; and while the breaker is open a retry would only meet it, so the call fails at
 * once, and says when the upstream is tried again.
 *
 * @throws what the last attempt threw; the signal's reason
 */
export async function withRetries<T>(
  context: CallContext,
  { plan, isFurther }: Pick<Part, "plan" | "isFurther">,
  attempt: () => Promise<T>,
): Promise<T> {
  const most = isFurther ? plan.maxRetries : (plan.firstRetries ?? plan.maxRetries);
  for (let retries = 0; ; retries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLaplasError(error) || !error.retryable || error.code === "busy") throw error;
      // What opens the breaker, and what meets it, names a pause.
      const mayBreak = error.retryAfterMs !== undefined && UpstreamError.isInstance(error);
      const breakMs = mayBreak ? await msUntilTry(context) : 0;
      if (breakMs > 0) throw withRetryAfter(error, breakMs);
      if (retries >= most) throw error;
      if (context.closed.aborted) throw closedError();
      plan.totals.waitedMs += await pauseAfter(context, error, retries, plan.signal);
    }
  }
}

/** Waits before a new attempt. @returns for how many milliseconds; @throws the signal's reason */
export async function pauseAfter(
  context: Pick<CallContext, "emit" | "options" | "closed">,
  error: LaplasError,
  retries: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const waitMs = pauseBefore(error, retries);
  const { code } = error;
  context.emit({ type: "retry", at: new Date(context.options.now()), code, attempt: retries + 1, waitMs });
  await pause(context.options.clock, waitMs, signal, context.closed);
  return waitMs;
}

/** A ledger that fails now must not replace the failure that is there. */
async function msUntilTry({ account }: CallContext): Promise<number> {
  try {
    return await account.msUntilTry();
  } catch {
    return 0;
  }
}

/** The failure that opened the breaker knows of no break when it is made. */
function withRetryAfter(error: LaplasError, retryAfterMs: number): LaplasError {
  return Object.defineProperty(error, "retryAfterMs", { value: retryAfterMs, enumerable: true, configurable: true });
}

/**
 * A limit's pause is exact. A failure strikes many calls at once, so its pause, in which a request that failed may still run
 * upstream, is followed by the usual one.
 */
function pauseBefore({ code, retryAfterMs = 0 }: LaplasError, retries: number): number {
  return code === "rate_limited" ? retryAfterMs : retryAfterMs + backOff(retries);
}

/** Doubles, with up to half taken off by chance, so that a crowd spreads. */
function backOff(retries: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** retries) * (1 - Math.random() / 2);
}

/** Waits. @throws the signal's reason; an error where the engine is closed */
export function pause(clock: Clock, ms: number, signal: AbortSignal | undefined, closed: ClosingSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      timer.stop();
      signal?.removeEventListener("abort", end);
      closed.removeEventListener("abort", end);
      if (signal?.aborted === true) reject(signal.reason);
      else if (closed.aborted) reject(closedError());
      else resolve();
    };
    const timer = clock.start(ms, end);
    signal?.addEventListener("abort", end, { once: true });
    closed.addEventListener("abort", end, { once: true });
    if (signal?.aborted === true || closed.aborted) end();
  });
}
