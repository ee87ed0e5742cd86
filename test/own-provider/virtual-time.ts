/** A clock that stands still while anybody works, and jumps to the next moment that somebody waits for when all wait. */
export interface VirtualTime {
  now(): number;
  /** Runs workers side by side until all have ended. */
  run(workers: readonly ((time: Sleeper) => Promise<void>)[]): Promise<void>;
}

export interface Sleeper {
  until(at: number): Promise<void>;
}

export function createVirtualTime(start: number): VirtualTime {
  let now = start;
  return {
    now: () => now,
    async run(workers) {
      let working = workers.length;
      const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
      const rest = (): void => {
        working -= 1;
        if (working > 0 || sleepers.length === 0) return;
        now = Math.max(now, Math.min(...sleepers.map(({ at }) => at)));
        const due = sleepers.filter(({ at }) => at <= now);
        for (const sleeper of due) {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          working += 1;
          sleeper.wake();
        }
      };
      const until = (at: number): Promise<void> =>
        new Promise((resolve) => {
          sleepers.push({ at, wake: resolve });
          rest();
        });
      await Promise.all(workers.map(async (work) => work({ until }).finally(rest)));
    },
  };
}
