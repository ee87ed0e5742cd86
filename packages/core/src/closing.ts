/** Tells what is under way that the engine was closed: the part of an `AbortSignal` that this needs. */
export interface ClosingSignal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * The end of an engine. Not an `AbortController`: on Cloudflare's workers (workerd 1.20260730) the signal of one belongs to the
 * request in which it was made, is an error in every other, and an engine serves many.
 */
export interface Closing {
  readonly signal: ClosingSignal;
  /** Calls every listener, once. */
  close(): void;
}

export function createClosing(): Closing {
  const listeners: Set<() => void> = new Set();
  let aborted = false;
  return {
    signal: {
      get aborted() {
        return aborted;
      },
      addEventListener: (_, listener) => void listeners.add(listener),
      removeEventListener: (_, listener) => void listeners.delete(listener),
    },
    close() {
      aborted = true;
      for (const listener of [...listeners]) {
        listeners.delete(listener);
        listener();
      }
    },
  };
}
