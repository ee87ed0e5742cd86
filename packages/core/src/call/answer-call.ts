import type { Reservation } from "../account/reservation.js";
import type { JsonObject } from "../request/wire-types.js";
import { answerStream, type StreamForm } from "./answer-stream.js";
import type { CallContext } from "./call-context.js";
import { createChatJob } from "./chat-job.js";
import { fetchCompletion } from "./fetch-completion.js";
import { giveCompleted, givePictures } from "./give-pictures.js";
import { createJob, type Job, type Part } from "./job.js";
import type { CallObserver } from "./observe-call.js";
import type { PreparedCall } from "./prepared-call.js";
import { raceAbort } from "./race-abort.js";
import { withRetries } from "./retry.js";
import { type CallOutcome, shapeStream, shapeWhole } from "./shape-answer.js";

/** How the requests of a call get their places, and who hears that its answer has begun. */
export interface Places {
  /** Takes the place of one request, waiting for it. @throws LaplasError, or the signal's reason */
  acquire(context: CallContext, part: Part, signal: AbortSignal | undefined): Promise<Reservation>;
  /** Whether the head of a stream waits for its first event, so that a failure before it is one of the call. @default false */
  readonly holdsHead?: boolean | undefined;
  /** Something of the answer has come; of a stream it is told with `holdsHead` alone. */
  readonly begun?: (() => void) | undefined;
}

/** Makes the requests of a prepared call at its provider. @throws LaplasError with what was finished before, or the signal's reason */
export async function answerCall<Item>(
  context: CallContext,
  plans: readonly [PreparedCall, ...PreparedCall[]],
  places: Places,
  observer: CallObserver,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const [plan] = plans;
  if (plan.adapted.stream) {
    const stream = await answerStream(context, plan, createChatJob(context, plans), form, places.acquire);
    if (places.holdsHead === true) {
      // The wait for the first event reports a failure first.
      stream.done.catch(() => {});
      await raceAbort(stream.begun, plan.signal, () => {});
      places.begun?.();
    }
    return shapeStream(plan, stream, observer);
  }
  const answer = await answerWhole(context, plan, createJob(context, plans), places);
  const outcome = await givePictures(context, plan, shapeWhole(plan, answer, form), observer);
  if (plan.signal?.aborted === true) observer.left();
  else observer.answered(answer);
  return outcome;
}

/** Makes the requests of a job in turn. */
async function answerWhole(
  context: CallContext,
  plan: PreparedCall,
  job: Job,
  places: Places,
): Promise<ReturnType<Job["answer"]>> {
  for (let part = job.next(); part !== undefined; part = job.next()) {
    try {
      job.take(await askPart(context, part, places));
      places.begun?.();
    } catch (error) {
      const failure = job.failed(error);
      if (failure !== undefined) throw await giveCompleted(context, plan, failure);
    }
  }
  return job.answer();
}

async function askPart(context: CallContext, part: Part, { acquire }: Places): Promise<JsonObject> {
  const { plan, body, isFurther } = part;
  const { requestId } = plan.totals;
  const answer = await withRetries(context, part, async () => {
    return fetchCompletion(context, plan, body, await acquire(context, part, plan.signal));
  });
  // A call has one id: that of its first request.
  if (isFurther) plan.totals.requestId = requestId;
  return answer;
}
