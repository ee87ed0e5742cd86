import { closedError } from "../errors/closed-error.js";
import type { LaplasError } from "../errors/laplas-error.js";
import { keepTrying } from "../ledger/keep-trying.js";
import type { Denial, ReserveCommand } from "../ledger/ledger-store.js";
import { type Elsewhere, waitForTurn } from "../ledger/wait-for-turn.js";
import type { AccountCommand, AccountParts } from "./account.js";
import { denialError } from "./denial-error.js";
import { remedyOf } from "./remedy.js";
import { type Reservation, reservationOf } from "./reservation.js";
import { createWaitTeller } from "./tell-waiting.js";

/** What waiting for a place is done with. */
export interface ReserveOptions {
  readonly busyRule: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Takes a call's slots, waiting for them, or until the call has found a place elsewhere.
 *
 * @returns `undefined` where it has found one: this one is given up
 * @throws RetryableLimitError, FatalLimitError, UpstreamError, LedgerError; the signal's reason
 */
export async function reserve(
  parts: AccountParts,
  asked: AccountCommand,
  options: ReserveOptions,
): Promise<Reservation>;
export async function reserve(
  parts: AccountParts,
  asked: AccountCommand,
  options: ReserveOptions,
  elsewhere: Elsewhere,
): Promise<Reservation | undefined>;
export async function reserve(
  parts: AccountParts,
  asked: AccountCommand,
  { busyRule, signal }: ReserveOptions,
  elsewhere?: Elsewhere,
): Promise<Reservation | undefined> {
  const { options, queue, leases, closed, learnedLimits } = parts;
  const { store } = await parts.open();
  const leave = enter(parts);
  const stopWaiting = store.shared ? leases.wait() : () => {};
  try {
    const wait = {
      store,
      queue,
      signal,
      closed,
      patienceMs: options.patienceMs,
      maxQueue: options.maxQueue,
      tierTitle: options.tier.title,
      denialError: (denial: Denial) => errorOf(parts, asked, denial),
      busyRule,
      onWait: createWaitTeller(parts, asked),
      refresh: (command: ReserveCommand) => ({ ...command, claims: learnedLimits.claims(command.claims) }),
    };
    const admitted = await waitForTurn(asked.command, wait, elsewhere);
    if (admitted !== undefined) return reservationOf(parts, asked, store, admitted, leave);
  } catch (error) {
    leave();
    throw error;
  } finally {
    stopWaiting();
  }
  leave();
  return undefined;
}

/** Why a call has no place now. */
export type NoPlace =
  | {
      readonly outcome: "queued";
      readonly position: number;
      /** Absent where it waits for other calls. */
      readonly waitMs?: number;
    }
  | { readonly outcome: "denied"; readonly error: LaplasError };

/** Takes a call's slots if they are free at once, and leaves nothing behind if not. @throws LedgerError; an error where the engine is closed */
export async function attempt(parts: AccountParts, asked: AccountCommand): Promise<Reservation | NoPlace> {
  const { store } = await parts.open();
  if (parts.closed.aborted) throw closedError();
  const leave = enter(parts);
  try {
    const answer = await store.reserve(asked.command, { ticket: false });
    if (answer.outcome === "admitted") {
      parts.queue.admitted(asked.command);
      return reservationOf(parts, asked, store, { ...answer, waitedMs: 0 }, leave);
    }
    leave();
    if (answer.outcome === "denied") return { outcome: "denied", error: errorOf(parts, asked, answer) };
    const { position, readyAt, now } = answer;
    return { outcome: "queued", position, ...(readyAt === undefined ? {} : { waitMs: Math.max(0, readyAt - now) }) };
  } catch (error) {
    leave();
    // A step that failed may have been taken.
    const cancel = (): Promise<void> => store.cancel(asked.command.id);
    await cancel().catch(() => void keepTrying(cancel, parts.closed));
    throw error;
  }
}

/** The engine has one more call that waits or holds a slot. @returns its end */
function enter({ activeCalls }: AccountParts): () => void {
  const { promise: active, resolve } = Promise.withResolvers<void>();
  activeCalls.add(active);
  return () => {
    activeCalls.delete(active);
    resolve();
  };
}

function errorOf(parts: AccountParts, { command, windows }: AccountCommand, denial: Denial): LaplasError {
  const { tier } = parts.options;
  const full = windows.find(({ id }) => id === denial.rule);
  const remedy = denial.reason === "window" ? remedyOf(parts, command.label, full) : "";
  return denialError(denial, { tier, windows, model: command.label, remedy });
}
