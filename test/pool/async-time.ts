/** Virtual time for promises: it stands still while anybody works, and jumps to the next moment that somebody waits for when all wait. */
export interface AsyncTime {
  now(): number;
  /** Sleeps in this time; ends early when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs tasks side by side until all have ended. Rejects with the first that fails. */
  run(tasks: readonly (() => Promise<void>)[]): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** What is under way in memory goes on in microtasks; streams of a body take a turn of the event loop now and then. */
const QUIET_TURNS = 3;

export function createAsyncTime(start: number): AsyncTime {
  const sleepers: Set<Sleeper> = new Set();
  let now = start;
  let steps = 0;

  /** Until nobody has gone to sleep, or been woken, for some turns of the event loop: then nobody works. */
  const quiet = async (): Promise<void> => {
    for (let turns = 0, seen = steps; turns < QUIET_TURNS; turns += 1) {
      await new Promise(setImmediate);
      if (steps === seen) continue;
      seen = steps;
      turns = -1;
    }
  };
  /** The earliest; of those at one moment the one that has slept the longest. */
  const next = (): Sleeper | undefined => {
    let first: Sleeper | undefined;
    for (const one of sleepers) if (first === undefined || one.at < first.at) first = one;
    return first;
  };

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          steps += 1;
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        // Clocks of computers tell whole milliseconds.
        const sleeper = { at: now + Math.max(0, Math.ceil(ms)), wake };
        steps += 1;
        sleepers.add(sleeper);
        signal?.addEventListener("abort", wake, { once: true });
        if (signal?.aborted === true) wake();
      }),
    async run(tasks) {
      let running = tasks.length;
      const failures: unknown[] = [];
      for (const task of tasks) {
        task()
          .catch((error: unknown) => failures.push(error))
          .finally(() => {
            steps += 1;
            running -= 1;
          });
      }
      while (running > 0 && failures.length === 0) {
        await quiet();
        const sleeper = next();
        if (running === 0 || sleeper === undefined) continue;
        now = Math.max(now, sleeper.at);
        sleeper.wake();
      }
      if (failures.length > 0) throw failures[0];
    },
  };
}
