import { LedgerError } from "../errors/setup-errors.js";
import type { Lease, LedgerStore } from "../ledger/ledger-store.js";
import { HEARTBEAT_MS } from "../ledger/retention.js";

/** Without a sign of its holder for so long, a lease is free again. */
export const LEASE_MS = 30_000;
/** A holder that can't give a sign gives up before others may take its slots: two would run at once. */
const DEADLINE_MS = 22_500;
/** A ledger that has not answered for so long is taken for one that fails, though an answer that comes later still counts. */
const LATE_MS = 2_500;

/** The signs of life of one engine: one step prolongs all its leases and tickets. */
export interface Leases {
  /** Gives signs while a call waits; the returned function ends that. */
  wait(): () => void;
  /** Gives signs for a call that runs, until its end is written. */
  hold(lease: Lease): HeldLease;
}

export interface HeldLease {
  /** Aborts, with a `LedgerError`, when the lease is lost. */
  readonly lost: AbortSignal;
  end(): void;
}

interface Holding {
  readonly lease: Lease;
  readonly lost: AbortController;
  /** Until when others believe in it, if no sign follows. */
  heardAt: number;
}

export function createLeases(open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>): Leases {
  const holdings: Set<Holding> = new Set();
  let waiting = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const lose = (holding: Holding, why: string): void => {
    holdings.delete(holding);
    adjust();
    holding.lost.abort(
      new LedgerError(`This call has lost its slot in the ledger, since ${why}, so it was broken off. Ask again.`),
    );
  };

  /** A sign that fails is made up for by the next, while there is time. */
  const giveUpLate = (held: readonly Holding[], why: string): void => {
    for (const holding of held)
      if (holdings.has(holding) && performance.now() - holding.heardAt >= DEADLINE_MS) lose(holding, why);
  };

  const beat = async (): Promise<void> => {
    // The lease counts from before the answer, so that the holder never believes in it for longer than others do.
    const askedAt = performance.now();
    const held = [...holdings];
    const late = unref(setTimeout(() => giveUpLate(held, "it does not answer"), LATE_MS));
    try {
      const { store, name } = await open();
      const lost = await store.heartbeat(
        name,
        held.map(({ lease }) => lease),
        LEASE_MS,
      );
      const lostIds = new Set(lost.map(({ id }) => id));
      for (const holding of held) {
        // One that ended meanwhile is no loss.
        if (!holdings.has(holding)) continue;
        if (lostIds.has(holding.lease.id)) lose(holding, "no sign of it came in time or the ledger lost its data");
        else holding.heardAt = askedAt;
      }
    } catch (error) {
      giveUpLate(held, `it can't be reached (${(error as Error).message})`);
    } finally {
      clearTimeout(late);
    }
  };

  const adjust = (): void => {
    const isNeeded = holdings.size + waiting > 0;
    if (isNeeded === (timer !== undefined)) return;
    if (isNeeded) {
      timer = unref(setInterval(beat, HEARTBEAT_MS));
    } else {
      clearInterval(timer);
      timer = undefined;
    }
  };

  return {
    wait() {
      waiting += 1;
      adjust();
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        waiting -= 1;
        adjust();
      };
    },
    hold(lease) {
      const holding = { lease, lost: new AbortController(), heardAt: performance.now() };
      holdings.add(holding);
      adjust();
      return {
        lost: holding.lost.signal,
        end() {
          holdings.delete(holding);
          adjust();
        },
      };
    },
  };
}

/** In Node a timer keeps its process alive; elsewhere it is a number. */
function unref<Timer extends ReturnType<typeof setTimeout>>(timer: Timer): Timer {
  if (typeof timer === "object") timer.unref();
  return timer;
}
