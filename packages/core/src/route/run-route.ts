import { acquireSlot, takeSlot } from "../call/acquire-slot.js";
import { answerCall, type Places } from "../call/answer-call.js";
import type { StreamForm } from "../call/answer-stream.js";
import type { CallObserver } from "../call/observe-call.js";
import { pauseAfter } from "../call/retry.js";
import type { CallOutcome } from "../call/shape-answer.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { ChatCompletion } from "../request/wire-types.js";
import { createCallIds } from "./call-ids.js";
import { type AskedCall, asNew, type Candidate, createCandidate } from "./candidate.js";
import type { Place } from "./conversations.js";
import type { FoundTargets } from "./find-targets.js";
import { nobodyAnswers, type Refusal } from "./nobody-answers.js";
import type { Pool } from "./pool.js";
import { type Story, type Taken, takeTarget, tryTargets, waitForTarget } from "./take-target.js";
import { unfitness } from "./unfit.js";

/** A call that several targets can answer. */
export interface RoutedCall extends AskedCall, FoundTargets {
  /** The name that was asked for. */
  readonly route: string;
}

/** A target that has refused so often for limits that nobody foresaw is asked no more by the call. */
const MOST_SURPRISES = 2;
/** Of the time-out, how much of it a target may be silent while another one admits the call. */
const LEAVE_PART = 1 / 4;

/** How asking one target came out. */
type Attempt<Item> =
  | { readonly outcome: CallOutcome<Item> }
  /** It failed before anything of the answer had come. */
  | { readonly failure: LaplasError /** The place that it was left for. */; readonly next: Taken | undefined };

/**
 * Asks the targets of a call until one answers. A failure before anything of the answer has come moves on to the next; one after it does
 * not. When all have failed in ways that may pass, they are asked again after a pause, as often as a call at one target is retried.
 *
 * @throws LaplasError with a line for each target; the signal's reason
 */
export async function runRoute<Item>(
  pool: Pool,
  call: RoutedCall,
  observer: CallObserver,
  form: StreamForm<Item>,
): Promise<CallOutcome<Item>> {
  const { signal, session, maxRetries } = call.options;
  const [context] = pool.all;
  const place = pool.conversations.find(call.bodies[0], session);
  const { candidates, leftOut } = candidatesOf(call, place);
  const stays =
    place?.isInsideTurn === true ? candidates.find(({ target }) => target.name === place.target) : undefined;
  const story: Story = { waitedMs: 0, attempts: 0 };
  let next: Taken | undefined;

  for (let retries = 0; ; ) {
    if (next === undefined && stays?.isOut === false) next = await waitForTarget(stays, signal);
    next ??= await takeTarget(candidates, story, signal);
    if (next === undefined) {
      const error = nobodyAnswers(call.route, refusalsOf(call, candidates), leftOut, context.options.now());
      // Limits were waited for already; what failed otherwise may be over.
      const failed = candidates.filter(
        ({ isOut, refusal }) => isOut && refusal?.retryable === true && !isLimit(refusal),
      );
      if (retries >= (maxRetries ?? context.options.maxRetries) || failed.length === 0) throw error;
      story.waitedMs += await pauseAfter(context, error, retries, signal);
      retries += 1;
      for (const one of failed) one.isOut = false;
      continue;
    }
    const { candidate } = next;
    const others = candidates.filter((one) => one !== candidate && !one.isOut);
    const attempt = await askTarget(pool, call, { taken: next, others, story }, observer, form);
    if ("outcome" in attempt) return attempt.outcome;
    giveUp(candidate, attempt.failure, context.options.now());
    if (isOfProvider(attempt.failure)) giveUpProvider(candidate, candidates, attempt.failure);
    next = attempt.next;
  }
}

/** Asks one target. @throws what is no reason to ask another */
async function askTarget<Item>(
  pool: Pool,
  { bodies, endpoint, options: { signal, session } }: RoutedCall,
  { taken, others, story }: { readonly taken: Taken; readonly others: readonly Candidate[]; readonly story: Story },
  observer: CallObserver,
  form: StreamForm<Item>,
): Promise<Attempt<Item>> {
  const { target } = taken.candidate;
  const [first, ...rest] = asNew(taken.plans, story);
  let isTaken = false;
  let hasBegun = false;
  let next: Taken | undefined;
  const leave = {
    afterMs: Math.ceil(first.timeoutMs * LEAVE_PART),
    isWanted: async (): Promise<boolean> => {
      if (hasBegun || next !== undefined) return false;
      next = await tryTargets(others).catch(() => undefined);
      return next !== undefined;
    },
  };
  const plan = { ...first, firstRetries: 0, ...(others.length === 0 ? {} : { leave }) };
  const places: Places = {
    acquire: async (context, part, wanted) => {
      if (isTaken) return acquireSlot(context, part, wanted);
      isTaken = true;
      return takeSlot(context, part.plan, taken.reservation);
    },
    begun: () => {
      hasBegun = true;
    },
  };
  const callIds = createCallIds((ids) => pool.conversations.keep(bodies[0], session, target.name, ids));
  observer.planned(plan);
  try {
    if (signal?.aborted === true) throw signal.reason;
    const outcome = await answerCall(target.context, [plan, ...rest], places, observer, (chunk, raw) => {
      callIds.read(chunk.choices.map(({ delta }) => delta));
      return form(chunk, raw);
    });
    if (endpoint === "chat" && outcome.kind === "whole")
      callIds.read((outcome.answer as ChatCompletion).choices.map(({ message }) => message));
    callIds.answered();
    await next?.reservation.cancel();
    return { outcome };
  } catch (error) {
    if (!isTaken) await taken.reservation.cancel();
    if (!hasBegun && signal?.aborted !== true && isLaplasError(error) && !LedgerError.isInstance(error)) {
      const { waitedMs, attempts } = plan.totals;
      Object.assign(story, { waitedMs, attempts });
      return { failure: error, next };
    }
    await next?.reservation.cancel();
    throw error;
  }
}

/**
 * A limit that nobody foresaw is in the account now, which knows when the target can be asked again; of a pause that is for one call alone
 * only that call does.
 */
function giveUp(candidate: Candidate, error: LaplasError, now: number): void {
  candidate.refusal = error;
  if (error.code === "rate_limited" && error.retryAfterMs !== undefined)
    candidate.pausedUntil = now + error.retryAfterMs;
  candidate.surprises += 1;
  candidate.isOut = !isLimit(error) || candidate.surprises >= MOST_SURPRISES;
}

/** What no other model of the provider would answer in another way. */
function isOfProvider({ code }: LaplasError): boolean {
  return code === "network" || code === "authentication";
}

function giveUpProvider({ target }: Candidate, candidates: readonly Candidate[], error: LaplasError): void {
  for (const other of candidates) {
    if (other.isOut || other.target.context !== target.context) continue;
    other.refusal = error;
    other.isOut = true;
  }
}

function isLimit(error: LaplasError): boolean {
  return FatalLimitError.isInstance(error) || RetryableLimitError.isInstance(error);
}

/** Those that are fit, or all where none is; first the one that has answered the conversation before. */
function candidatesOf(
  call: RoutedCall,
  place: Place | undefined,
): { readonly candidates: readonly Candidate[]; readonly leftOut: FoundTargets["leftOut"] } {
  const judged = call.targets.map((target) => ({ target, why: unfitness(target, call.bodies[0]) }));
  const fit = judged.filter(({ why }) => why === undefined);
  const asked = (fit.length > 0 ? fit : judged).map(({ target }) => target);
  const unfit =
    fit.length > 0 ? judged.flatMap(({ target, why }) => (why === undefined ? [] : [{ name: target.name, why }])) : [];
  const isKnown = ({ name }: { readonly name: string }): boolean => name === place?.target;
  const ordered = [...asked.filter(isKnown), ...asked.filter((target) => !isKnown(target))];
  return { candidates: ordered.map((target) => createCandidate(target, call)), leftOut: [...call.leftOut, ...unfit] };
}

function refusalsOf(call: RoutedCall, candidates: readonly Candidate[]): [Refusal, ...Refusal[]] {
  const [first, ...others] = candidates.flatMap(({ target, refusal }) =>
    refusal === undefined ? [] : [{ name: target.name, error: refusal }],
  );
  if (first !== undefined) return [first, ...others];
  // All were left out, or there were none from the start.
  const [left] = call.leftOut;
  const why = left?.why ?? "no provider of this engine has a model for it";
  const error = new FatalLimitError("model_not_on_tier", `${why}.`, { param: "model" });
  return [{ name: left?.name ?? call.route, error }];
}
