/** An iterator that gives what has come already without a promise for each. */
export interface EagerIterator<T> extends AsyncIterator<T, undefined, undefined> {
  /** The next, if it has come. */
  nextNow?(): T | undefined;
}

/** Between one writer, who reads the upstream, and one reader, who may be slow or gone and takes one step after the other. */
export interface EventChannel<T> extends AsyncIterable<T, undefined, undefined> {
  [Symbol.asyncIterator](): Required<Pick<EagerIterator<T>, "next" | "nextNow" | "return">>;
  /** Adds an event; `size` is what it counts against the bound. */
  push(event: T, size: number): void;
  /** Whether the buffer has reached its bound. */
  isFull(): boolean;
  /** Resolves once the buffer is below its bound, the reader has left, or the signal aborts. */
  ready(signal?: AbortSignal): Promise<void>;
  end(): void;
  /** Ends with an error, after the events that came before it. */
  fail(error: unknown): void;
  /** Ends with an error at once: what the reader has not read yet, it no longer wants. */
  abort(reason: unknown): void;
  /** The reader is gone: events are dropped from now on. */
  readonly left: boolean;
}

/**
 * Characters: several answers of 512 tokens, so that no answer of the free tier ever waits for its reader. A bound only for
 * answers without a limit and readers that stand still, a thousand of which a server must be able to bear.
 */
const MOST_BUFFERED = 1_000_000;

/** @param onLeave called when the reader leaves before the end */
export function createEventChannel<T>(onLeave: () => void): EventChannel<T> {
  interface Buffered {
    readonly event: T;
    readonly size: number;
  }
  let buffer: Buffered[] = [];
  /** What the reader has begun to take, and how far it has come. */
  let taken: Buffered[] = [];
  let place = 0;
  let buffered = 0;
  let state: { kind: "open" } | { kind: "ended" } | { kind: "failed"; error: unknown } | { kind: "left" } = {
    kind: "open",
  };
  let wakeReader = (): void => {};
  let wakeWriter = (): void => {};

  const finish = (next: typeof state): void => {
    if (state.kind !== "open") return;
    state = next;
    wakeReader();
    wakeWriter();
  };

  const drop = (): void => {
    buffer = [];
    taken = [];
    place = 0;
  };

  const leave = (): void => {
    const isEarly = state.kind === "open";
    finish({ kind: "left" });
    drop();
    if (isEarly) onLeave();
  };

  const isFull = (): boolean => buffered > MOST_BUFFERED && state.kind === "open";

  const take = (): Buffered | undefined => {
    if (place === taken.length) {
      if (place > 0) wakeWriter();
      taken = buffer;
      place = 0;
      buffer = [];
    }
    const next = taken[place];
    if (next === undefined) return undefined;
    place += 1;
    buffered -= next.size;
    return next;
  };

  return {
    get left() {
      return state.kind === "left";
    },
    push(event, size) {
      if (state.kind !== "open") return;
      buffer.push({ event, size });
      buffered += size;
      wakeReader();
    },
    isFull,
    async ready(signal) {
      const wake = (): void => wakeWriter();
      signal?.addEventListener("abort", wake, { once: true });
      while (isFull() && signal?.aborted !== true) {
        await new Promise<void>((resolve) => {
          wakeWriter = resolve;
        });
      }
      signal?.removeEventListener("abort", wake);
    },
    end: () => finish({ kind: "ended" }),
    fail: (error) => finish({ kind: "failed", error }),
    abort(error) {
      drop();
      finish({ kind: "failed", error });
    },
    // No generator: that takes its end only between two steps, and a connection that was closed waits in one.
    [Symbol.asyncIterator]() {
      let isOver = false;
      return {
        async next() {
          for (;;) {
            const next = isOver ? undefined : take();
            if (next !== undefined) return { done: false, value: next.event };
            if (isOver || state.kind !== "open") break;
            await new Promise<void>((resolve) => {
              wakeReader = resolve;
            });
          }
          const isFirst = !isOver;
          isOver = true;
          const ended = state;
          leave();
          if (isFirst && ended.kind === "failed") throw ended.error;
          return { done: true, value: undefined };
        },
        nextNow: () => (isOver ? undefined : take()?.event),
        async return() {
          isOver = true;
          leave();
          return { done: true, value: undefined };
        },
      };
    },
  };
}
