import { acquireSlot } from "../call/acquire-slot.js";
import { answerCall } from "../call/answer-call.js";
import type { StreamForm } from "../call/answer-stream.js";
import type { CallContext } from "../call/call-context.js";
import type { DoorOptions } from "../call/call-options.js";
import { type CallObserver, observeCall } from "../call/observe-call.js";
import { prepareCalls } from "../call/prepare-call.js";
import { abortReason, raceAbort } from "../call/race-abort.js";
import type { CallOutcome } from "../call/shape-answer.js";
import type { Endpoint } from "../request/read-request.js";
import { askedName } from "./asked-name.js";
import { type AskedCall, createCandidate } from "./candidate.js";
import { findTargets, readLists, type Target } from "./find-targets.js";
import type { Pool } from "./pool.js";
import { runRoute } from "./run-route.js";

/** An engine, as far as its calls need it. */
export interface CallingEngine extends CallContext {
  readonly pool: Pool;
}

/**
 * One call, from the caller's body to the caller's answer. Every door comes through here.
 *
 * @param bodies at least one; several are chats whose choices are one answer's. None is sent before all are known to be valid
 * @throws LaplasError; the signal's reason, marked as not retryable
 */
export async function runCall<Item>(
  engine: CallingEngine,
  endpoint: Endpoint,
  bodies: readonly unknown[],
  options: DoorOptions,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const { signal } = options;
  const observer = observeCall(engine, endpoint, bodies[0], options.requestId, engine.pool.all.length > 1);
  try {
    return await observer.run(() => makeCall(engine, { endpoint, bodies, options }, observer, observer.hears(form)));
  } catch (error) {
    const thrown = signal?.aborted === true && error === signal.reason ? abortReason(signal) : error;
    observer.failed(thrown, signal?.aborted === true);
    throw thrown;
  }
}

async function makeCall<Item>(
  engine: CallingEngine,
  asked: AskedCall,
  observer: CallObserver,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const { pool } = engine;
  const { endpoint, bodies, options } = asked;
  const name = askedName(bodies[0]);
  // Throws: a request without a model is invalid at every provider.
  if (name === "") await prepareCalls(engine, endpoint, bodies, options);
  if (pool.all.some((one) => one.options.catalog.ready !== undefined))
    await raceAbort(readLists(pool, name), options.signal, () => {});
  const found = findTargets(pool, name);
  const [only, ...others] = found.targets;
  if (only !== undefined && others.length === 0 && found.leftOut.length === 0)
    return runTarget(only, asked, observer, form);
  return runRoute(pool, { ...asked, ...found, route: name }, observer, form);
}

/** A call with one place to go. */
async function runTarget<Item>(
  target: Target,
  asked: AskedCall,
  observer: CallObserver,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const { signal, holdsHead } = asked.options;
  const plans = await createCandidate(target, asked).plans();
  observer.planned(plans[0]);
  if (signal?.aborted === true) throw signal.reason;
  return answerCall(target.context, plans, { acquire: acquireSlot, holdsHead }, observer, form);
}
