// As it is when this is loaded: tests that stop the clock later would stop the ledger. Edges load this too and have none, nor SQLite.
const { setImmediate: nextTurn } = globalThis;

/** Steps that have kept the event loop busy for so long let others have it. */
const LONGEST_RUN_MS = 10;

/**
 * Steps block, and a crowd's follow each other without a pause: thousands of them would keep servers from answering anything else.
 *
 * @returns what is to be awaited before each step: nothing, or a turn of the event loop
 */
export function createBreath(): () => Promise<void> | undefined {
  /** When the first step of this turn began. */
  let since: number | undefined;
  return () => {
    const now = performance.now();
    if (since === undefined) {
      since = now;
      nextTurn(() => {
        since = undefined;
      });
      return undefined;
    }
    if (now - since < LONGEST_RUN_MS) return undefined;
    return new Promise((resolve) => nextTurn(resolve));
  };
}
