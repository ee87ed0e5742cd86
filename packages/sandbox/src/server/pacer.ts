/** Real waiting (never on the movable clock) that ends at once when the sandbox closes. */
export interface Pacer {
  sleep(milliseconds: number): Promise<void>;
  /** Lets other requests have their turn. */
  breathe(): Promise<void>;
  /** Resolves when `signal` says so or the sandbox closes. */
  until(register: (resolve: () => void) => void): Promise<void>;
  readonly closed: boolean;
  close(): void;
}

export function createPacer(): Pacer {
  const waiting = new Set<() => void>();
  let closed = false;

  function wait(start: (resolve: () => void) => (() => void) | undefined): Promise<void> {
    if (closed) return Promise.resolve();
    return new Promise((resolve) => {
      const finish = () => {
        waiting.delete(finish);
        cancel?.();
        resolve();
      };
      waiting.add(finish);
      const cancel = start(finish);
    });
  }

  return {
    sleep: (milliseconds) =>
      wait((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        return () => clearTimeout(timer);
      }),
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    until: (register) =>
      wait((resolve) => {
        register(resolve);
        return undefined;
      }),
    get closed() {
      return closed;
    },
    close() {
      closed = true;
      for (const finish of [...waiting]) finish();
    },
  };
}
