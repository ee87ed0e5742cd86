import type { CallObserver } from "../call/observe-call.js";
import { pauseAfter } from "../call/retry.js";
import type { CallOutcome } from "../call/shape-answer.js";
import type { StreamForm } from "../call/stream-form.js";
import type { LaplasError } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { askTarget } from "./ask-target.js";
import type { Candidate } from "./candidate.js";
import { chooseCandidates, type RoutedCall, refusalsOf } from "./choose-candidates.js";
import { nobodyAnswers } from "./nobody-answers.js";
import type { Pool } from "./pool.js";
import { type Story, takeTarget } from "./take-target.js";
import type { Taken } from "./try-targets.js";

/** After so many unforeseen limits, the call does not ask the target again. */
const MOST_SURPRISES = 2;

/**
 * After so many models of a provider have called a request invalid, its other models are not asked: the request may be invalid for all, and
 * some providers count refused requests.
 */
const MOST_REFUSALS = 3;

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
  const { candidates, leftOut } = chooseCandidates(call, place);
  const stays = place?.isInsideTurn === true ? candidates.filter(({ target }) => target.name === place.target) : [];
  const story: Story = { waitedMs: 0, attempts: 0 };
  let next: Taken | undefined;

  for (let retries = 0; ; ) {
    next ??= await takeTarget(stays, story, signal);
    next ??= await takeTarget(candidates, story, signal);
    if (next === undefined) {
      signal?.throwIfAborted();
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
    giveUp(candidate, attempt.failure, candidates, context.options.now());
    next = attempt.next;
  }
}

/**
 * The account has learned an unforeseen limit, and knows when the target can be asked again. A pause that concerns one call alone is known
 * only to that call.
 */
function giveUp(candidate: Candidate, error: LaplasError, candidates: readonly Candidate[], now: number): void {
  candidate.refusal = error;
  if (error.code === "rate_limited" && error.retryAfterMs !== undefined)
    candidate.pausedUntil = now + error.retryAfterMs;
  if (isLimit(error)) candidate.surprises += 1;
  candidate.isOut = !isLimit(error) || candidate.surprises >= MOST_SURPRISES;
  const ofProvider = candidates.filter(({ target }) => target.context === candidate.target.context);
  if (!isOfProvider(error) && ofProvider.filter(hasRefusedRequest).length < MOST_REFUSALS) return;
  for (const one of ofProvider) {
    if (!one.isOut) one.refusal = error;
    one.isOut = true;
  }
}

/** An invalid key, or a server that can't be reached: the provider's other models would fail too. */
function isOfProvider({ code, httpStatus, retryAfterMs }: LaplasError): boolean {
  // A network error has a pause where the request may have arrived.
  return httpStatus === 401 || (code === "network" && retryAfterMs === undefined);
}

function hasRefusedRequest({ refusal }: Candidate): boolean {
  return refusal?.code === "invalid_request" && refusal.httpStatus !== undefined;
}

function isLimit(error: LaplasError): boolean {
  return FatalLimitError.isInstance(error) || RetryableLimitError.isInstance(error);
}
