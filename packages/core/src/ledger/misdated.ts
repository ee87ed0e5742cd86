import type { Block, BlockCode } from "./ledger-store.js";

/** What a clock that was wrong has left in an account. */
export interface Misdated {
  /** Calls that were charged at a time which is still to come. */
  readonly calls: number;
  /** The latest of these times, epoch milliseconds; absent without such calls. */
  readonly latest?: number;
  /** Blocks that end later than any block can. */
  readonly blocks: number;
}

/** Clocks are set back by less in the ordinary course of things. */
const ORDINARY_MS = 60_000;

/** The earliest moment at which a row was charged under a wrong clock. */
export function misdatedFrom(now: number): number {
  return now + ORDINARY_MS;
}

/** Blocks that stand until somebody asks again by hand. Their end says nothing of a clock. */
export const ENDED_BY_HAND: ReadonlySet<BlockCode> = new Set<BlockCode>(["payment_required", "model_not_on_tier"]);

/** Whether a block ends later than any block can. */
export function isMisdated({ until, longestMs, code }: Block, now: number): boolean {
  return until - now > longestMs && !ENDED_BY_HAND.has(code);
}

/** Reports once that calls don't count because their time is too far ahead. */
export function createMisdatedWarning(warn: (message: string) => void, remedy: string): () => void {
  let isReported = false;
  return () => {
    if (isReported) return;
    isReported = true;
    warn(
      `The ledger has calls of a time that is more than a day ahead: a clock was wrong. No window counts them before that time. ${remedy}`,
    );
  };
}

/** For ledgers that the command can open. */
export const MEND_BY_COMMAND = "To count them now: laplas doctor --mend";
