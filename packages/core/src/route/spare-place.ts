import type { Candidate } from "./candidate.js";
import { type Taken, tryTargets } from "./try-targets.js";

/** A place at another target, taken while the one that was asked is silent. */
export interface SparePlace {
  /** Takes one, unless it has one. @returns whether it has; it never rejects */
  look(): Promise<boolean>;
  /** The place, for the call to go on there. No other is taken. */
  take(): Promise<Taken | undefined>;
  /** Gives it back; where the ledger is being asked for it, as soon as it comes. No other is taken. */
  giveBack(): void;
}

export function createSparePlace(others: readonly Candidate[]): SparePlace {
  let place: Promise<Taken | undefined> | undefined;
  let isOver = false;
  return {
    async look() {
      if (isOver) return false;
      place ??= tryTargets(others).catch(() => undefined);
      const hasFound = (await place) !== undefined;
      if (!hasFound) place = undefined;
      return hasFound;
    },
    async take() {
      isOver = true;
      return place;
    },
    giveBack() {
      isOver = true;
      void place?.then((taken) => taken?.reservation.cancel());
    },
  };
}
