/** Between one writer, who reads the upstream, and one reader, who may be slow or gone. */
export interface EventChannel<T> extends AsyncIterable<T> {
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
  let buffer: { event: T; size: number }[] = [];
  let buffered = 0;
  let state: { kind: "open" } | { kind: "ended" } | { kind: "failed"; error: unknown } | { kind: "left" } = {
    kind: "open",
  };
  let aborted = false;
  let wakeReader = (): void => {};
  let wakeWriter = (): void => {};

  const finish = (next: typeof state): void => {
    if (state.kind !== "open") return;
    state = next;
    wakeReader();
    wakeWriter();
  };

  const leave = (): void => {
    const isEarly = state.kind === "open";
    finish({ kind: "left" });
    buffer = [];
    if (isEarly) onLeave();
  };

  const isFull = (): boolean => buffered > MOST_BUFFERED && state.kind === "open";

  async function* read(): AsyncGenerator<T> {
    try {
      for (;;) {
        const events = buffer;
        buffer = [];
        for (const { event, size } of events) {
          if (aborted) break;
          buffered -= size;
          yield event;
        }
        if (events.length > 0) wakeWriter();
        if (buffer.length > 0) continue;
        if (state.kind === "failed") throw state.error;
        if (state.kind !== "open") return;
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
    } finally {
      leave();
    }
  }

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
      aborted = true;
      buffer = [];
      finish({ kind: "failed", error });
    },
    [Symbol.asyncIterator]() {
      const reader = read();
      return {
        next: () => reader.next(),
        return() {
          // A generator takes its end only between two steps; a connection that was closed waits in one.
          leave();
          return reader.return(undefined);
        },
      };
    },
  };
}
