/** The time in which calls wait. The ledger has its own, which machines may share. */
export interface Clock {
  /** Milliseconds; only differences mean something. */
  now(): number;
  /** Acts once, after so many milliseconds, unless it is stopped before. */
  start(ms: number, act: () => void): Timer;
}

export interface Timer {
  /** Counts anew from now. */
  restart(): void;
  stop(): void;
  /** Lets the process end meanwhile. */
  unref(): void;
}

/** Waits so long. It may end early, in any way, once the signal aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** Timers fire at once beyond. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** The runtime's own. */
export const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  start(ms, act) {
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(0, ms));
    let timer = setTimeout(act, waitMs);
    return {
      restart() {
        // Where timers are objects: a tenth of the cost of a new one, for each piece of a stream.
        if (typeof timer === "object") timer.refresh();
        else {
          clearTimeout(timer);
          timer = setTimeout(act, waitMs);
        }
      },
      stop: () => clearTimeout(timer),
      unref() {
        if (typeof timer === "object") timer.unref();
      },
    };
  },
};

/** A clock of a caller's own, as simulations have. */
export function clockOf(now: () => number, sleep: Sleep): Clock {
  return {
    now,
    start(ms, act) {
      let running: AbortController | undefined;
      const start = (): void => {
        const mine = new AbortController();
        running = mine;
        const end = (): void => {
          if (running !== mine) return;
          running = undefined;
          act();
        };
        // One that fails would else never end what waits for it.
        sleep(Math.max(0, ms), mine.signal).then(end, end);
      };
      const stop = (): void => {
        const stopped = running;
        running = undefined;
        stopped?.abort();
      };
      start();
      return {
        restart() {
          stop();
          start();
        },
        stop,
        unref() {
          // What holds the process is the caller's own.
        },
      };
    },
  };
}
