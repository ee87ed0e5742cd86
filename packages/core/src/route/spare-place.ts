import type { Candidate } from "./candidate.js";
import { type Taken, tryTargets } from "./take-target.js";

/** A place at another target, taken while the one that was asked is silent. */
export interface SparePlace {
  /** Takes one, unless it has one. @returns whether it has; it never rejects */
  look(): Promise<boolean>;
  /** The place, for the call to go on there. */
  take(): Promise<Taken | undefined>;
  /** Gives it back; where the ledger is being asked for it, as soon as it comes. */
  giveBack(): void;
}

export function createSparePlace(others: readonly Candidate[]): SparePlace {
  let place: Promise<Taken | undefined> | undefined;
  return {
    async look() {
      const found = await place;
      place = found === undefined ? tryTargets(others).catch(() => undefined) : place;
      return (await place) !== undefined;
    },
    async take() {
      return place;
    },
    giveBack() {
      void place?.then((taken) => taken?.reservation.cancel());
    },
  };
}
