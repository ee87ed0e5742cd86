/** One waiting call of this process. */
interface Waiter {
  wake: (() => void) | undefined;
  /** Called while it was asking the store: what it hears there may be out of date, so it asks again at once. */
  called: boolean;
}

/** Wakes the waiting calls of one process in the order they came. The store decides; this only saves polling. */
export interface TurnQueue {
  /** Joins the end of the queue. */
  join(): Turn;
  /** Calls the first: a place may be free. */
  wakeNext(): void;
  /** Wakes all: there is nothing left to wait for. */
  wakeAll(): void;
  /** How many are in it. */
  readonly size: number;
}

/** A place in the queue. */
export interface Turn {
  /** Whether no other call of this process is before this one. */
  readonly isFirst: boolean;
  /** Sleeps until woken, until `ms` have passed, or until the signal aborts; it never rejects. */
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** Leaves, and lets the next one look: what this call met, it may meet as well. */
  leave(): void;
}

/** Creates an empty queue. */
export function createTurnQueue(): TurnQueue {
  const waiters: Set<Waiter> = new Set();
  const wakeNext = (): void => {
    const [first] = waiters;
    if (first === undefined) return;
    if (first.wake === undefined) first.called = true;
    else first.wake();
  };
  return {
    wakeNext,
    wakeAll() {
      for (const waiter of waiters) {
        waiter.called = true;
        waiter.wake?.();
      }
    },
    get size() {
      return waiters.size;
    },
    join() {
      const waiter: Waiter = { wake: undefined, called: false };
      waiters.add(waiter);
      return {
        get isFirst() {
          const [first] = waiters;
          return first === waiter;
        },
        sleep: (ms, signal) =>
          new Promise((resolve) => {
            if (waiter.called || signal?.aborted === true) {
              waiter.called = false;
              resolve();
              return;
            }
            const wake = (): void => {
              clearTimeout(timer);
              signal?.removeEventListener("abort", wake);
              waiter.wake = undefined;
              resolve();
            };
            const timer = setTimeout(wake, ms);
            waiter.wake = wake;
            signal?.addEventListener("abort", wake, { once: true });
          }),
        leave() {
          waiters.delete(waiter);
          wakeNext();
        },
      };
    },
  };
}
