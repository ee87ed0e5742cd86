import { isLost, storeError } from "./redis-errors.js";

/** A step failed on its way, not by its content: it may be asked again, since each is known by its id. */
const FIRST_PAUSE_MS = 25;

/** Asks again while the connection is lost, for as long as a step may take. @throws LedgerError */
export async function withinTime<T>(timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failure: unknown;
  let isOver = false;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(storeError(failure, timeoutMs)), timeoutMs);
  });
  const again = async (): Promise<T> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await attempt();
      } catch (error) {
        failure = error;
        if (isOver || !isLost(error) || performance.now() + pauseMs > giveUpAt) throw storeError(error, timeoutMs);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  try {
    return await Promise.race([again(), late]);
  } finally {
    isOver = true;
    clearTimeout(timer);
  }
}
