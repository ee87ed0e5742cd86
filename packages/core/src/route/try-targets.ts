import type { Reservation } from "../account/reservation.js";
import type { NoPlace } from "../account/reserve.js";
import { accountCall } from "../call/prepared-call.js";
import type { Candidate, Fit, Plans } from "./candidate.js";
import { refusalIn } from "./is-of-target.js";

/** A target whose place was taken. */
export interface Taken {
  readonly candidate: Candidate;
  readonly plans: Plans;
  readonly reservation: Reservation;
}

/** A call that may wait for a target. */
export interface Waiting {
  readonly candidate: Candidate;
  readonly plans: Plans;
  readonly waitMs: number;
  /** Whether it waits by itself: the account would let it pass. */
  readonly isPaused: boolean;
}

/** The assumed duration of a call that holds a slot. */
const USUAL_CALL_MS = 3_000;
/** In the order in which they are asked. */
export const FITS: readonly Fit[] = ["full", "shorter", "tight"];

/** Takes a place at the first target that admits the call now. */
export async function tryTargets(candidates: readonly Candidate[]): Promise<Taken | undefined> {
  for (const fit of FITS) {
    const { taken } = await tryAll(candidates, fit);
    if (taken !== undefined) return taken;
  }
  return undefined;
}

/** The same among the targets of one fit. @returns also those before it that the call may wait for */
export async function tryAll(
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

/** The requests to a target; `undefined` where it refuses the call at any time. */
async function plansOf(candidate: Candidate): Promise<Plans | undefined> {
  try {
    return await candidate.plans();
  } catch (error) {
    candidate.refusal = refusalIn(error, undefined);
    candidate.isOut = true;
    return undefined;
  }
}

function isNoPlace(answer: Reservation | NoPlace): answer is NoPlace {
  return "outcome" in answer;
}
