/** Requests that have kept the event loop busy for so long let others have it. */
const LONGEST_RUN_MS = 10;

const nextTurn: (run: () => void) => unknown = globalThis.setImmediate ?? ((run) => setTimeout(run, 0));

/**
 * Spreads a crowd of requests over turns of the event loop. Node hands over all that have come by then in one, and `/health` would wait
 * for the last of them.
 *
 * @returns what is to be awaited before each request: nothing, or its turn, in the order in which they came
 */
export function createTurns(): () => Promise<void> | undefined {
  const waiting: (() => void)[] = [];
  /** When the first request of this turn began. */
  let since: number | undefined;
  const callNext = (): void => {
    waiting.shift()?.();
    if (waiting.length > 0) nextTurn(callNext);
  };
  return () => {
    const now = performance.now();
    if (since === undefined) {
      since = now;
      nextTurn(() => {
        since = undefined;
      });
    }
    if (waiting.length === 0 && now - since < LONGEST_RUN_MS) return undefined;
    return new Promise((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 1) nextTurn(callNext);
    });
  };
}
