import type { CallContext } from "../call/call-context.js";
import { accountCall } from "../call/prepared-call.js";
import { pause } from "../call/retry.js";
import type { Candidate, Fit } from "./candidate.js";
import { refusalIn } from "./is-of-target.js";
import { FITS, type Taken, tryAll, type Waiting } from "./try-targets.js";

/** What earlier attempts of a call add to its report. */
export interface Story {
  waitedMs: number;
  attempts: number;
}

/**
 * Takes a place at the first target that admits the call. Where none does, the call waits at the one that is ready first, and each time it
 * looks again it asks the others first. A target that fits worse is asked only if none that fits better admits the call within its patience.
 *
 * @returns `undefined` where none does: each candidate has its refusal
 * @throws LedgerError; an error where the engine is closed; the signal's reason
 */
export async function takeTarget(
  candidates: readonly Candidate[],
  story: Story,
  signal: AbortSignal | undefined,
): Promise<Taken | undefined> {
  for (const fit of FITS) {
    /** Accounts whose queues are full, or have stood still for as long as the call would wait. */
    const busy = new Set<CallContext>();
    for (;;) {
      const { taken, waiting } = await tryAll(candidates, fit);
      if (taken !== undefined) return taken;
      const best = soonest(waiting.filter(({ candidate }) => !busy.has(candidate.target.context)));
      if (best === undefined) break;
      const { context } = best.candidate.target;
      const since = context.options.clock.now();
      // Only targets of this call: calls with the same other targets share one queue.
      const others = candidates.filter((one) => one !== best.candidate && one.fit === fit && !one.isOut);
      const found = await (best.isPaused ? sitOut(best, signal) : waitAt(best, others, fit, signal));
      if (found?.candidate === best.candidate) return found;
      // No reservation includes this wait.
      story.waitedMs += context.options.clock.now() - since;
      if (found !== undefined) return found;
      const { refusal } = best.candidate;
      if (refusal?.code !== "busy") continue;
      busy.add(context);
      for (const { candidate } of waiting) if (candidate.target.context === context) candidate.refusal = refusal;
    }
  }
  return undefined;
}

/** Waits for the end of a pause that concerns this call alone. */
async function sitOut({ candidate, plans, waitMs }: Waiting, signal: AbortSignal | undefined): Promise<undefined> {
  const { options, closed, emit } = candidate.target.context;
  const at = new Date(options.now());
  const { provider, found } = plans[0];
  const call = { type: "waiting", id: crypto.randomUUID(), provider, model: found.id } as const;
  emit({ ...call, state: "waits", at, position: 0, until: new Date(at.getTime() + waitMs) });
  try {
    await pause(options.clock, waitMs, signal, closed);
  } finally {
    emit({ ...call, state: "over", at: new Date(options.now()) });
  }
  candidate.pausedUntil = undefined;
}

async function waitAt(
  { candidate, plans }: Waiting,
  others: readonly Candidate[],
  fit: Fit,
  signal: AbortSignal | undefined,
): Promise<Taken | undefined> {
  let elsewhere: Taken | undefined;
  const look = async (): Promise<boolean> => {
    elsewhere = (await tryAll(others, fit)).taken;
    return elsewhere !== undefined;
  };
  const name = [fit, ...others.map(({ target }) => target.name).toSorted()].join(" ");
  try {
    const { account } = candidate.target.context;
    const reservation = await account.reserveUnless(accountCall(plans[0]), signal, { name, look });
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

function soonest(waiting: readonly Waiting[]): Waiting | undefined {
  return waiting.reduce<Waiting | undefined>(
    (best, one) => (best === undefined || one.waitMs < best.waitMs ? one : best),
    undefined,
  );
}
