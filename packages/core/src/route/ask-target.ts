import { acquireSlot, takeSlot } from "../call/acquire-slot.js";
import { answerCall, type Places } from "../call/answer-call.js";
import type { CallObserver } from "../call/observe-call.js";
import type { CallOutcome } from "../call/shape-answer.js";
import { hearingForm, type StreamForm } from "../call/stream-form.js";
import type { LaplasError } from "../errors/laplas-error.js";
import type { ChatCompletion } from "../request/wire-types.js";
import { createCallIds } from "./call-ids.js";
import { type AskedCall, asNew, type Candidate } from "./candidate.js";
import { isOfTarget } from "./is-of-target.js";
import type { Pool } from "./pool.js";
import { createSparePlace } from "./spare-place.js";
import type { Story } from "./take-target.js";
import type { Taken } from "./try-targets.js";

/** How asking one target came out. */
export type Attempt<Item> =
  | { readonly outcome: CallOutcome<Item> }
  /** It failed before anything of the answer had come. */
  | { readonly failure: LaplasError /** The place that it was left for. */; readonly next: Taken | undefined };

/** The part of the timeout after which a silent target is left for another one that admits the call. */
const LEAVE_PART = 1 / 4;

/** Asks one target, with the place that was taken there. @throws errors that asking another target can't avoid */
export async function askTarget<Item>(
  pool: Pool,
  { bodies, endpoint, options: { signal, session } }: AskedCall,
  { taken, others, story }: { readonly taken: Taken; readonly others: readonly Candidate[]; readonly story: Story },
  observer: CallObserver,
  form: StreamForm<Item>,
): Promise<Attempt<Item>> {
  const { target } = taken.candidate;
  const [first, ...rest] = asNew(taken.plans, story);
  const spare = createSparePlace(others);
  let isTaken = false;
  let hasBegun = false;
  const leave = {
    afterMs: Math.ceil(first.timeoutMs * LEAVE_PART),
    // It may begin while the ledger is asked.
    isWanted: async (): Promise<boolean> => !hasBegun && (await spare.look()) && !hasBegun,
  };
  const plan = { ...first, firstRetries: 0, ...(others.length === 0 ? {} : { leave }) };
  const places: Places = {
    acquire: async (context, part, wanted) => {
      if (isTaken) return acquireSlot(context, part, wanted);
      isTaken = true;
      return takeSlot(context, part.plan, taken.reservation);
    },
    holdsHead: true,
    begun: () => {
      hasBegun = true;
    },
  };
  const callIds = createCallIds((ids) => pool.conversations.keep(bodies[0], session, target.name, ids));
  observer.planned(plan);
  try {
    if (signal?.aborted === true) throw signal.reason;
    const heard = hearingForm(form, ({ choices }) => callIds.read(choices.map(({ delta }) => delta)));
    const outcome = await answerCall(target.context, [plan, ...rest], places, observer, heard);
    if (endpoint === "chat" && outcome.kind === "whole")
      callIds.read((outcome.answer as ChatCompletion).choices.map(({ message }) => message));
    callIds.answered();
    spare.giveBack();
    return { outcome };
  } catch (error) {
    if (!isTaken) await taken.reservation.cancel();
    if (hasBegun || !isOfTarget(error, signal)) {
      spare.giveBack();
      throw error;
    }
    const { waitedMs, attempts } = plan.totals;
    Object.assign(story, { waitedMs, attempts });
    return { failure: error, next: await spare.take() };
  }
}
