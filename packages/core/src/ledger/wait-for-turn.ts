import type { ClosingSignal } from "../closing.js";
import { closedError } from "../errors/closed-error.js";
import { RetryableLimitError } from "../errors/limit-errors.js";
import { keepTrying } from "./keep-trying.js";
import type { Denial, LedgerStore, ReserveAnswer, ReserveCommand } from "./ledger-store.js";
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
  /** The error for a call that is denied. */
  readonly denialError: (denial: Denial) => Error;
  /** Id of the concurrency rule, if the tier has one. */
  readonly busyRule: string | undefined;
  /** Hears each answer of the queue to a call that waits, and `undefined` once it waits no longer. */
  readonly onWait?: (answer: Queued | undefined) => void;
  /** The command by what has become known while it waited. @default as it is */
  readonly refresh?: (command: ReserveCommand) => ReserveCommand;
}

/** Where else a call that waits would go. */
export interface Elsewhere {
  /** Of calls that wait for the same and look at the same, only the first looks. */
  readonly name: string;
  /** Asked before each further look at the queue: whether the call has found a place. */
  look(): Promise<boolean>;
}

/** An answer to a call that waits. */
export type Queued = Extract<ReserveAnswer, { outcome: "queued" }>;

export type Admitted = Extract<ReserveAnswer, { outcome: "admitted" }> & { readonly waitedMs: number };

/** The least pause a caller is told, so that a crowd does not come back at once. */
const LEAST_BUSY_MS = 2_000;
const MOST_BUSY_MS = 60_000;

/**
 * Reserves, waiting in the account's queue while it moves, or until the call has found a place elsewhere.
 *
 * @returns `undefined` where it has found one: its ticket is taken back
 * @throws RetryableLimitError or FatalLimitError; the signal's reason
 */
export async function waitForTurn(command: ReserveCommand, options: WaitOptions): Promise<Admitted>;
export async function waitForTurn(
  command: ReserveCommand,
  options: WaitOptions,
  elsewhere: Elsewhere | undefined,
): Promise<Admitted | undefined>;
export async function waitForTurn(
  command: ReserveCommand,
  options: WaitOptions,
  elsewhere?: Elsewhere,
): Promise<Admitted | undefined> {
  const { store, queue, signal, closed, patienceMs, refresh = (same) => same } = options;
  // Where a call was left while the store was asked, its place is given back, and nothing is sent.
  const throwIfLeft = (): void => {
    signal?.throwIfAborted();
    if (closed.aborted) throw closedError();
  };
  const cancel = (): Promise<void> => store.cancel(command.id);
  const turn = queue.join(command, patienceMs, elsewhere?.name);
  const joinedBefore = queue.size - 1;
  let isAdmitted = false;
  try {
    throwIfLeft();
    let answer = await store.reserve(command);
    throwIfLeft();
    // Those that were admitted at once are out of the queue again, so that all before this one wait; those behind it are no reason. A call
    // that has been answered in part is not refused the rest.
    const isBounded = command.ahead !== true && queue.size > options.maxQueue;
    if (answer.outcome === "queued" && isBounded && turn.place > options.maxQueue) {
      // Of a crowd that came at once the store still counts those that are refused as well.
      const ofOtherEngines = Math.max(0, answer.position - joinedBefore);
      throw fullError(Math.min(answer.position, options.maxQueue + ofOtherEngines), options);
    }
    while (answer.outcome === "queued") {
      options.onWait?.(answer);
      if ((await turn.sleep(answer, signal)) === "impatient") throw busyError(answer.position, options);
      throwIfLeft();
      if ((await elsewhere?.look()) === true) {
        await cancel().catch(() => void keepTrying(cancel, options.closed));
        return undefined;
      }
      answer = await store.reserve(refresh(command));
      throwIfLeft();
    }
    if (answer.outcome === "denied") throw options.denialError(answer);
    isAdmitted = true;
    return { ...answer, waitedMs: turn.waitedMs };
  } catch (error) {
    // What is thrown is the first failure. A store that failed may not take the ticket back either, not yet.
    await cancel().catch(() => void keepTrying(cancel, options.closed));
    throw error;
  } finally {
    options.onWait?.(undefined);
    turn.leave(isAdmitted);
  }
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
