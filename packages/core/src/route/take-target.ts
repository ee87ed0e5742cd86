import type { NoPlace, Reservation } from "../account/reserve.js";
import { accountCall } from "../call/prepared-call.js";
import { pause } from "../call/retry.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { Candidate, Fit, Plans } from "./candidate.js";

/** A target whose place was taken. */
export interface Taken {
  readonly candidate: Candidate;
  readonly plans: Plans;
  readonly reservation: Reservation;
}

/** A call without a place of its own. */
interface Waiting {
  readonly candidate: Candidate;
  readonly plans: Plans;
  readonly waitMs: number;
  /** Whether it waits by itself: the account would let it pass. */
  readonly isPaused: boolean;
}

/** What a call in a slot is taken to last, of whose end nobody knows. */
const USUAL_CALL_MS = 3_000;
const FITS: readonly Fit[] = ["full", "shorter", "tight"];

/** What a call has been through. */
export interface Story {
  waitedMs: number;
  attempts: number;
}

/**
 * Takes the place of the first target that admits the call. Where none does, the call waits at the one that is ready first, and each time it
 * may look again the others are asked before. One that fits worse is asked only where none that fits better lets the call pass within its
 * patience.
 *
 * @returns `undefined` where none does: each candidate has its refusal
 * @throws LedgerError; the signal's reason
 */
export async function takeTarget(
  candidates: readonly Candidate[],
  story: Story,
  signal: AbortSignal | undefined,
): Promise<Taken | undefined> {
  for (const fit of FITS) {
    let isBusy = false;
    while (!isBusy) {
      const { taken, waiting } = await tryAll(candidates, fit);
      if (taken !== undefined) return taken;
      const best = soonest(waiting);
      if (best === undefined) break;
      if (best.isPaused) {
        const { context } = best.candidate.target;
        await pause(context.options.clock, best.waitMs, signal, context.closed);
        story.waitedMs += best.waitMs;
        best.candidate.pausedUntil = undefined;
        continue;
      }
      const others = candidates.filter((one) => one !== best.candidate);
      const found = await waitAt(best, others, fit, signal);
      if (found !== undefined) return found;
      // Its queue has stood still for as long as the call would wait.
      isBusy = best.candidate.refusal?.code === "busy";
    }
  }
  return undefined;
}

/** Waits until one target lets the call pass. Throws as {@link takeTarget} does. */
export async function waitForTarget(candidate: Candidate, signal: AbortSignal | undefined): Promise<Taken | undefined> {
  const plans = await plansOf(candidate);
  return plans === undefined ? undefined : waitAt({ candidate, plans }, [], candidate.fit, signal);
}

/** Takes the first that admits the call at once. */
export async function tryTargets(candidates: readonly Candidate[]): Promise<Taken | undefined> {
  for (const fit of FITS) {
    const { taken } = await tryAll(candidates, fit);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

async function tryAll(
  candidates: readonly Candidate[],
  fit: Fit,
): Promise<{ readonly taken?: Taken; readonly waiting: readonly Waiting[] }> {
  const waiting: Waiting[] = [];
  for (const candidate of candidates) {
    if (candidate.isOut) continue;
    const plans = await plansOf(candidate);
    if (plans === undefined || candidate.fit !== fit) continue;
    const { account, options } = candidate.target.context;
    const pauseMs = (candidate.pausedUntil ?? 0) - options.now();
    if (pauseMs > 0) {
      if (pauseMs <= options.patienceMs) waiting.push({ candidate, plans, waitMs: pauseMs, isPaused: true });
      continue;
    }
    const answer = await account.attempt(accountCall(plans[0]));
    if (!isNoPlace(answer)) return { taken: { candidate, plans, reservation: answer }, waiting };
    if (answer.outcome === "denied") candidate.refusal = answer.error;
    else {
      const waitMs = answer.waitMs ?? USUAL_CALL_MS * (answer.position + 1);
      waiting.push({ candidate, plans, waitMs, isPaused: false });
    }
  }
  return { waiting };
}

async function waitAt(
  { candidate, plans }: Pick<Waiting, "candidate" | "plans">,
  others: readonly Candidate[],
  fit: Fit,
  signal: AbortSignal | undefined,
): Promise<Taken | undefined> {
  let elsewhere: Taken | undefined;
  const look = async (): Promise<boolean> => {
    elsewhere = (await tryAll(others, fit)).taken;
    return elsewhere !== undefined;
  };
  try {
    const { account } = candidate.target.context;
    const reservation = await account.reserveUnless(accountCall(plans[0]), signal, look);
    if (reservation !== undefined) return { candidate, plans, reservation };
  } catch (error) {
    await elsewhere?.reservation.cancel();
    candidate.refusal = refusalIn(error, signal);
    return undefined;
  }
  if (signal?.aborted !== true) return elsewhere;
  await elsewhere?.reservation.cancel();
  throw signal.reason;
}

/** What a target would be asked; `undefined` where it refuses the request, whatever the time. */
async function plansOf(candidate: Candidate): Promise<Plans | undefined> {
  try {
    return await candidate.plans();
  } catch (error) {
    candidate.refusal = refusalIn(error, undefined);
    candidate.isOut = true;
    return undefined;
  }
}

/** An error that says no for this target only. @throws what concerns all */
function refusalIn(error: unknown, signal: AbortSignal | undefined): LaplasError {
  if (signal?.aborted === true || !isLaplasError(error) || LedgerError.isInstance(error)) throw error;
  return error;
}

function soonest(waiting: readonly Waiting[]): Waiting | undefined {
  return waiting.reduce<Waiting | undefined>(
    (best, one) => (best === undefined || one.waitMs < best.waitMs ? one : best),
    undefined,
  );
}

function isNoPlace(answer: Reservation | NoPlace): answer is NoPlace {
  return "outcome" in answer;
}
