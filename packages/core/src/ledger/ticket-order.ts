import type { ReserveCommand } from "./ledger-store.js";

/**
 * Tickets stand in the order of their numbers. Those of calls that stand ahead count up from here, all others from 1 or from the clock: it
 * would take thousands of years until one reached the other's. A process of an older version reads the same order from the same numbers.
 * They have 14 digits, as many as a script of Redis can tell.
 */
export const FIRST_AHEAD: number = -1e14;

/** The number before which tickets are earlier than a call that has none yet: all others are, or those that stand ahead as well. */
export function newcomerPlace({ ahead }: Pick<ReserveCommand, "ahead">): number {
  return ahead === true ? 0 : Number.POSITIVE_INFINITY;
}
