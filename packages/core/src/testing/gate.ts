/** A `fetch` that holds every request back until a test opens it. */
export interface Gate {
  readonly fetch: typeof globalThis.fetch;
  /** Resolves when a request is held, or has been. */
  readonly reached: Promise<void>;
  /** How many requests are held, or have been. */
  readonly count: number;
  open(): void;
}

/** Creates a closed gate. What it holds goes on to the network. */
export function createGate(): Gate {
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  let count = 0;
  return {
    async fetch(input, init) {
      count += 1;
      reach();
      await opened;
      return globalThis.fetch(input, init);
    },
    reached,
    get count() {
      return count;
    },
    open,
  };
}
