import type { NoPlace, Reservation } from "../account/reserve.js";
import { accountCall } from "../call/prepared-call.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { LedgerError } from "../errors/setup-errors.js";
import { asNew, type Candidate, type Fit, type Plans } from "./candidate.js";

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
}

/** What a call in a slot is taken to last, of whose end nobody knows. */
const USUAL_CALL_MS = 3_000;
const FITS: readonly Fit[] = ["full", "shorter", "tight"];

/** What a call has been through. */
export interface Story {
  readonly waitedMs: number;
  readonly attempts: number;
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
      const { taken, waiting } = await tryAll(candidates, fit, story);
      if (taken !== undefined) return taken;
      const best = soonest(waiting);
      if (best === undefined) break;
      const others = candidates.filter((one) => one !== best.candidate);
      const found = await waitAt(best, others, fit, story, signal);
      if (found !== undefined) return found;
      // Its queue has stood still for as long as the call would wait.
      isBusy = best.candidate.refusal?.code === "busy";
    }
  }
  return undefined;
}

/** Waits until one target lets the call pass. Throws as {@link takeTarget} does. */
export async function waitForTarget(
  candidate: Candidate,
  story: Story,
  signal: AbortSignal | undefined,
): Promise<Taken | undefined> {
  const plans = await plansOf(candidate, story);
  return plans === undefined ? undefined : waitAt({ candidate, plans, waitMs: 0 }, [], candidate.fit, story, signal);
}

/** Takes the first that admits the call at once. */
export async function tryTargets(candidates: readonly Candidate[], story: Story): Promise<Taken | undefined> {
  for (const fit of FITS) {
    const { taken } = await tryAll(candidates, fit, story);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

async function tryAll(
  candidates: readonly Candidate[],
  fit: Fit,
  story: Story,
): Promise<{ readonly taken?: Taken; readonly waiting: readonly Waiting[] }> {
  const waiting: Waiting[] = [];
  for (const candidate of candidates) {
    if (candidate.isOut) continue;
    const plans = await plansOf(candidate, story);
    if (plans === undefined || candidate.fit !== fit) continue;
    const answer = await candidate.target.context.account.attempt(accountCall(plans[0]));
    if (!isNoPlace(answer)) return { taken: { candidate, plans, reservation: answer }, waiting };
    if (answer.outcome === "denied") candidate.refusal = answer.error;
    else waiting.push({ candidate, plans, waitMs: answer.waitMs ?? USUAL_CALL_MS * (answer.position + 1) });
  }
  return { waiting };
}

async function waitAt(
  { candidate, plans }: Waiting,
  others: readonly Candidate[],
  fit: Fit,
  story: Story,
  signal: AbortSignal | undefined,
): Promise<Taken | undefined> {
  let elsewhere: Taken | undefined;
  const look = async (): Promise<boolean> => {
    elsewhere = (await tryAll(others, fit, story)).taken;
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
async function plansOf(candidate: Candidate, story: Story): Promise<Plans | undefined> {
  try {
    return asNew(await candidate.plans(), story);
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
