import type { ClosingSignal } from "../closing.js";
import { closedError } from "../errors/closed-error.js";
import { RetryableLimitError } from "../errors/limit-errors.js";
import { denialError } from "./denial-error.js";
import { keepTrying } from "./keep-trying.js";
import type { LedgerStore, ReserveAnswer, ReserveCommand } from "./ledger-store.js";
import type { TurnQueue } from "./turn-queue.js";

/** What waiting needs beside the command. */
export interface WaitOptions {
  readonly store: LedgerStore;
  readonly queue: TurnQueue;
  readonly signal: AbortSignal | undefined;
  /** Aborts when the engine is closed: nobody waits any longer, and no place is kept. */
  readonly closed: ClosingSignal;
  /** Milliseconds for which the queue may stand still. */
  readonly patienceMs: number;
  /** How many calls of this process may wait. */
  readonly maxQueue: number;
  /** Begins messages. */
  readonly tierTitle: string;
  /** Ends the message of a spent budget: a sentence with a leading space, or nothing. */
  readonly remedy: string;
  /** Id of the concurrency rule, if the tier has one. */
  readonly busyRule: string | undefined;
}

export type Admitted = Extract<ReserveAnswer, { outcome: "admitted" }> & { readonly waitedMs: number };

/** The least pause a caller is told, so that a crowd does not come back at once. */
const LEAST_BUSY_MS = 2_000;
const MOST_BUSY_MS = 60_000;

/**
 * Reserves, waiting in the account's queue while it moves.
 *
 * @throws RetryableLimitError or FatalLimitError; the signal's reason
 */
export async function waitForTurn(command: ReserveCommand, options: WaitOptions): Promise<Admitted> {
  const { store, queue, signal, closed, patienceMs } = options;
  // Where a call was left while the store was asked, its place is given back, and nothing is sent.
  const throwIfLeft = (): void => {
    signal?.throwIfAborted();
    if (closed.aborted) throw closedError();
  };
  const turn = queue.join();
  try {
    throwIfLeft();
    let answer = await store.reserve(command);
    throwIfLeft();
    if (answer.outcome === "admitted") return { ...answer, waitedMs: 0 };
    // Those that were admitted at once are out of the queue again, so that all in it wait, this one last.
    if (answer.outcome === "queued" && queue.size > options.maxQueue) throw fullError(answer.position, options);
    const startedAt = performance.now();
    let movement: string | undefined;
    let movedAt = startedAt;
    while (answer.outcome === "queued") {
      if (answer.movement !== movement) {
        movement = answer.movement;
        movedAt = performance.now();
      }
      const patience = patienceMs - (performance.now() - movedAt);
      if (patience <= 0) throw busyError(answer.position, options);
      await turn.sleep(Math.min(patience, pollMs(answer.position, turn.isFirst)), signal);
      throwIfLeft();
      answer = await store.reserve(command);
      throwIfLeft();
    }
    if (answer.outcome === "denied") throw denialError(answer, options.tierTitle, options.remedy);
    return { ...answer, waitedMs: performance.now() - startedAt };
  } catch (error) {
    // What is thrown is the first failure. A store that failed may not take the ticket back either, not yet.
    const cancel = (): Promise<void> => store.cancel(command.id);
    await cancel().catch(() => void keepTrying(cancel, options.closed));
    throw error;
  } finally {
    turn.leave();
  }
}

/**
 * This engine's own settlements wake its queue at once. Polling hears of other engines and processes, and of places kept after
 * aborts; it is for the first of the queue, the others only see that it moves.
 */
function pollMs(position: number, isFirst: boolean): number {
  return isFirst ? Math.min(250, 25 * (position + 1)) : 1_000;
}

function busyError(position: number, options: WaitOptions): RetryableLimitError {
  const what = `The account's queue has not moved for ${Math.round(options.patienceMs / 1_000)} s, with ${position} calls before this one.`;
  return busy(position, what, "patienceMs", options);
}

function fullError(position: number, options: WaitOptions): RetryableLimitError {
  return busy(position, `${options.maxQueue} calls wait already.`, "maxQueue", options);
}

function busy(position: number, what: string, option: string, options: WaitOptions): RetryableLimitError {
  const { tierTitle, busyRule } = options;
  const retryAfterMs = Math.min(MOST_BUSY_MS, LEAST_BUSY_MS * (position + 1));
  return new RetryableLimitError(
    "busy",
    `${tierTitle}: busy. ${what} Try again in about ${Math.ceil(retryAfterMs / 1_000)} s, or raise option "${option}".`,
    busyRule === undefined ? { retryAfterMs } : { retryAfterMs, rule: busyRule },
  );
}
