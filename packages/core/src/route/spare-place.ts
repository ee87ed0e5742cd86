import type { Candidate } from "./candidate.js";
import { type Taken, tryTargets } from "./try-targets.js";

/** A place at another target, taken while the one that was asked is silent. */
export interface SparePlace {
  /** Takes a place if there is none yet. Never rejects. @returns whether there is one */
  look(): Promise<boolean>;
  /** The place, for the call to continue there. After this no other is taken. */
  take(): Promise<Taken | undefined>;
  /** Gives the place back, if need be once the ledger has answered. After this no other is taken. */
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
