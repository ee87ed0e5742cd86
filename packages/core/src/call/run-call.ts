import type { Endpoint } from "../request/read-request.js";
import type { JsonObject } from "../request/wire-types.js";
import { acquireSlot } from "./acquire-slot.js";
import { answerStream, type StreamForm } from "./answer-stream.js";
import type { CallContext } from "./call-context.js";
import type { DoorOptions } from "./call-options.js";
import { createChatJob } from "./chat-job.js";
import { fetchCompletion } from "./fetch-completion.js";
import { giveCompleted, givePictures } from "./give-pictures.js";
import { createJob, type Job, type Part } from "./job.js";
import { observeCall } from "./observe-call.js";
import { prepareCalls } from "./prepare-call.js";
import type { PreparedCall } from "./prepared-call.js";
import { abortReason, raceAbort } from "./race-abort.js";
import { requireBudget } from "./require-budget.js";
import { withRetries } from "./retry.js";
import { type CallOutcome, shapeStream, shapeWhole } from "./shape-answer.js";

/**
 * One call, from the caller's body to the caller's answer. Every door comes through here.
 *
 * @param bodies at least one; several are chats whose choices are one answer's. None is sent before all are known to be valid
 * @throws LaplasError; the signal's reason, marked as not retryable
 */
export async function runCall<Item>(
  context: CallContext,
  endpoint: Endpoint,
  bodies: readonly unknown[],
  options: DoorOptions,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const { signal } = options;
  const observer = observeCall(context, endpoint, bodies[0], options.requestId);
  try {
    const { ready } = context.options.catalog;
    if (ready !== undefined) await raceAbort(ready(context.warn), signal, () => {});
    const plans = await prepareCalls(context, endpoint, bodies, options);
    const [plan] = plans;
    observer.planned(plan);
    if (signal?.aborted === true) throw signal.reason;

    if (plan.adapted.stream) {
      const stream = await answerStream(context, plan, createChatJob(context, plans), form, acquireSlot);
      return shapeStream(plan, stream, observer);
    }
    if (plan.adapted.parts.length > 1) await requireBudget(context, plan);
    const answer = await answerWhole(context, plan, createJob(context, plans));
    const outcome = await givePictures(context, plan, shapeWhole(plan, answer, form), observer);
    if (plan.signal?.aborted === true) observer.left();
    else observer.answered();
    return outcome;
  } catch (error) {
    const thrown = signal?.aborted === true && error === signal.reason ? abortReason(signal) : error;
    observer.failed(thrown, signal?.aborted === true);
    throw thrown;
  }
}

/** Makes the requests of a job in turn. @throws LaplasError with what was finished before, or the signal's reason */
async function answerWhole(context: CallContext, plan: PreparedCall, job: Job): Promise<ReturnType<Job["answer"]>> {
  for (let part = job.next(); part !== undefined; part = job.next()) {
    try {
      job.take(await askPart(context, part));
    } catch (error) {
      const failure = job.failed(error);
      if (failure !== undefined) throw await giveCompleted(context, plan, failure);
    }
  }
  return job.answer();
}

async function askPart(context: CallContext, part: Part): Promise<JsonObject> {
  const { plan, body, isFurther } = part;
  const { requestId } = plan.totals;
  const answer = await withRetries(context, plan, async () => {
    return fetchCompletion(context, plan, body, await acquireSlot(context, part, plan.signal));
  });
  // A call has one id: that of its first request.
  if (isFurther) plan.totals.requestId = requestId;
  return answer;
}
