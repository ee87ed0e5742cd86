import type { Clock } from "../clock.js";
import { stampRetryable } from "../errors/laplas-error.js";
import { keepTime, type Timekeeper, type TimeLimits } from "./time-limits.js";

/** How long an aborted request is read on, to learn its cost and to know its end. */
const DRAIN_MS = 5_000;

/** A request that outlives its caller: after an abort it is read on for a while, then given up. It has an end in any case. */
export interface Detachable {
  /** Of the request itself; the caller's signal never reaches the transport directly. */
  readonly signal: AbortSignal;
  readonly time: Pick<Timekeeper, "head" | "heard" | "pause" | "close">;
  /** The caller has gone: from now on nothing may hold the process. */
  detach(): void;
  /** The request has ended. */
  ended(): void;
}

/**
 * Starts with the request.
 *
 * @param unref lets the process end while the request is still being read
 * @param lost ends the request at once
 */
export function createDetachable(
  limits: TimeLimits,
  unref: () => void,
  lost: AbortSignal | undefined,
  clock?: Clock,
): Detachable {
  const controller = new AbortController();
  const time = keepTime(limits, (reason) => controller.abort(reason), clock);
  const giveUp = (): void => controller.abort();
  lost?.addEventListener("abort", giveUp, { once: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  return {
    signal: controller.signal,
    time,
    detach() {
      if (over || timer !== undefined) return;
      timer = setTimeout(() => controller.abort(), DRAIN_MS);
      if (typeof timer === "object") timer.unref();
      time.unref();
      unref();
    },
    ended() {
      over = true;
      lost?.removeEventListener("abort", giveUp);
      clearTimeout(timer);
      time.stop();
    },
  };
}

/**
 * Waits for work as long as the caller wants it. On an abort the caller gets the signal's reason at once, marked as not
 * retryable, and the work goes on without it.
 */
export async function raceAbort<T>(work: Promise<T>, signal: AbortSignal | undefined, onAbort: () => void): Promise<T> {
  if (signal === undefined) return work;
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => {
      onAbort();
      reject(abortReason(signal));
    };
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
    // What fails after its caller has gone has been settled and told to listeners already.
    work.catch(() => {});
    aborted.catch(() => {});
  }
}

/** The signal's reason as every door throws it. */
export function abortReason(signal: AbortSignal): unknown {
  return stampRetryable(signal.reason, false);
}
