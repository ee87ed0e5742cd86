/** Room for the bytes of one request's body. */
export interface BodyLease {
  /**
   * Takes room for more bytes, or reports that there is none. A body that holds room never waits for more: two that did could wait for
   * each other for ever.
   */
  grow(bytes: number): boolean;
  release(): void;
}

/** A bound on the bytes of all request bodies that are in memory at once. */
export interface BodyBudget {
  /**
   * Takes room for a body before any of it is read.
   *
   * @param bytes as announced; 0 where that is unknown
   * @param signal read only where the body has to wait
   * @returns `undefined` where no room came in time. Rejects when the client has gone.
   */
  take(bytes: number, signal: () => AbortSignal): BodyLease | Promise<BodyLease | undefined>;
}

/** Bounds on the request bodies in memory. */
export interface BodyLimits {
  /** Bytes of all bodies together. */
  readonly maxBytes: number;
  /** How long a body may wait for room, in milliseconds. */
  readonly patienceMs: number;
}

/** A body of this size is a chat or a batch of texts, as a coding agent sends them: its history, and no pictures. */
const SMALL_BYTES = 256_000;
/** What larger bodies may hold together. The rest is kept for small ones, so that a few uploads never stop the chats. */
const LARGE_SHARE = 0.75;
/** Node holds the beginning of each waiting body, some 100 kB. */
const MOST_WAITING = 200;

interface Waiter {
  readonly bytes: number;
  readonly admit: (lease: BodyLease | undefined) => void;
}

/**
 * A body waits for room unread: the connection's backpressure holds the client, which needs no retry then and sees nothing but time pass.
 * Only after the patience it is refused.
 */
export function createBodyBudget({ maxBytes, patienceMs }: BodyLimits): BodyBudget {
  let used = 0;
  const waiting: Waiter[] = [];
  const fits = (bytes: number, held = 0): boolean =>
    used + bytes <= (held + bytes <= SMALL_BYTES ? maxBytes : maxBytes * LARGE_SHARE);

  const admitWaiting = (): void => {
    let isLargeBlocked = false;
    for (const waiter of [...waiting]) {
      const isLarge = waiter.bytes > SMALL_BYTES;
      // Large ones keep their order, or the largest would never come.
      if (isLarge && isLargeBlocked) continue;
      if (fits(waiter.bytes)) waiter.admit(open(waiter.bytes));
      else if (isLarge) isLargeBlocked = true;
    }
  };
  const open = (bytes: number): BodyLease => {
    let held = bytes;
    used += bytes;
    return {
      grow(more) {
        if (!fits(more, held)) return false;
        held += more;
        used += more;
        return true;
      },
      release() {
        used -= held;
        held = 0;
        if (waiting.length > 0) admitWaiting();
      },
    };
  };
  const wait = (bytes: number, signal: AbortSignal): Promise<BodyLease | undefined> =>
    new Promise((resolve, reject) => {
      const leave = (): void => {
        waiting.splice(waiting.indexOf(waiter), 1);
        clearTimeout(timer);
        signal.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        leave();
        reject(signal.reason);
      };
      const waiter: Waiter = {
        bytes,
        admit(lease) {
          leave();
          resolve(lease);
        },
      };
      const timer = setTimeout(() => waiter.admit(undefined), patienceMs);
      waiting.push(waiter);
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort);
    });

  return {
    take(bytes, signal) {
      const isFirst = bytes <= SMALL_BYTES || waiting.every((waiter) => waiter.bytes <= SMALL_BYTES);
      if (isFirst && fits(bytes)) return open(bytes);
      if (waiting.length >= MOST_WAITING) return Promise.resolve(undefined);
      return wait(bytes, signal());
    },
  };
}
