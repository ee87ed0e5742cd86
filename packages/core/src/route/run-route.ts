import { acquireSlot, takeSlot } from "../call/acquire-slot.js";
import { answerCall } from "../call/answer-call.js";
import type { StreamForm } from "../call/answer-stream.js";
import type { CallObserver } from "../call/observe-call.js";
import { pauseAfter } from "../call/retry.js";
import type { CallOutcome } from "../call/shape-answer.js";
import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { LedgerError } from "../errors/setup-errors.js";
import type { ChatCompletion } from "../request/wire-types.js";
import { type AskedCall, type Candidate, createCandidate } from "./candidate.js";
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
  const { bodies, options } = call;
  const { signal, session } = options;
  const place = pool.conversations.find(bodies[0], session);
  const { candidates, leftOut } = candidatesOf(call, place);
  const stays =
    place?.isInsideTurn === true ? candidates.find(({ target }) => target.name === place.target) : undefined;
  const [context] = pool.all;
  let story: Story = { waitedMs: 0, attempts: 0 };
  let spare: Taken | undefined;

  for (let retries = 0; ; ) {
    const taken =
      spare ??
      (stays?.isOut === false ? await waitForTarget(stays, story, signal) : undefined) ??
      (await takeTarget(candidates, story, signal));
    spare = undefined;
    if (taken === undefined) {
      const error = nobodyAnswers(call.route, refusalsOf(call, candidates), leftOut, context.options.now());
      const most = options.maxRetries ?? context.options.maxRetries;
      // Limits were waited for already; what failed otherwise may be over.
      const failed = candidates.filter((one) => one.isOut && one.refusal?.retryable === true && !isLimit(one.refusal));
      if (retries >= most || failed.length === 0 || context.closed.aborted) throw error;
      const pausedMs = await pauseAfter(context, error, retries, signal);
      story = { ...story, waitedMs: story.waitedMs + pausedMs };
      retries += 1;
      for (const one of failed) one.isOut = false;
      continue;
    }
    const { candidate, reservation } = taken;
    const { target } = candidate;
    let hasBegun = false;
    let isTaken = false;
    const others = candidates.filter((one) => one !== candidate && !one.isOut);
    const leave = {
      afterMs: Math.ceil(taken.plans[0].timeoutMs * LEAVE_PART),
      isWanted: async (): Promise<boolean> => {
        if (hasBegun || spare !== undefined) return false;
        spare = await tryTargets(others, story).catch(() => undefined);
        return spare !== undefined;
      },
    };
    const [first, ...rest] = taken.plans;
    const plan = { ...first, firstRetries: 0, ...(others.length === 0 ? {} : { leave }) };
    observer.planned(plan);
    const callIds: Set<string> = new Set();
    const keep = (): void => pool.conversations.keep(bodies[0], session, target.name, callIds);
    try {
      if (signal?.aborted === true) throw signal.reason;
      const outcome = await answerCall(
        target.context,
        [plan, ...rest],
        {
          acquire: async (at, part, wanted) => {
            if (isTaken) return acquireSlot(at, part, wanted);
            isTaken = true;
            return takeSlot(at, part.plan, reservation);
          },
          begun: () => {
            hasBegun = true;
          },
        },
        observer,
        (chunk, raw) => {
          const isNew = noteCalls(
            callIds,
            chunk.choices.map(({ delta }) => delta),
          );
          if (isNew) keep();
          return form(chunk, raw);
        },
      );
      if (outcome.kind === "whole" && call.endpoint === "chat")
        noteCalls(
          callIds,
          (outcome.answer as ChatCompletion).choices.map(({ message }) => message),
        );
      keep();
      await (spare as Taken | undefined)?.reservation.cancel();
      return outcome;
    } catch (error) {
      if (!isTaken) await reservation.cancel();
      if (hasBegun || signal?.aborted === true || !isLaplasError(error) || LedgerError.isInstance(error)) {
        await (spare as Taken | undefined)?.reservation.cancel();
        throw error;
      }
      const { waitedMs, attempts } = plan.totals;
      story = { waitedMs, attempts };
      giveUp(candidate, error);
      if (isOfProvider(error)) giveUpProvider(candidate, candidates, error);
    }
  }
}

/** A limit that nobody foresaw is in the account now, which knows when the target can be asked again. */
function giveUp(candidate: Candidate, error: LaplasError): void {
  candidate.refusal = error;
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
  const unfit = new Map(call.targets.map((target) => [target, unfitness(target, call.bodies[0])]));
  const fit = call.targets.filter((target) => unfit.get(target) === undefined);
  const asked = fit.length > 0 ? fit : call.targets;
  const known = asked.filter(({ name }) => name === place?.target);
  const ordered = [...known, ...asked.filter(({ name }) => name !== place?.target)];
  const left = call.targets.flatMap((target) => {
    const why = asked.includes(target) ? undefined : unfit.get(target);
    return why === undefined ? [] : [{ name: target.name, why }];
  });
  return { candidates: ordered.map((target) => createCandidate(target, call)), leftOut: [...call.leftOut, ...left] };
}

function refusalsOf(call: RoutedCall, candidates: readonly Candidate[]): [Refusal, ...Refusal[]] {
  const [first, ...others] = candidates.flatMap(({ target, refusal }) =>
    refusal === undefined ? [] : [{ name: target.name, error: refusal }],
  );
  if (first !== undefined) return [first, ...others];
  const why = call.leftOut[0]?.why ?? "it has no models that can be asked";
  const error = new FatalLimitError("model_not_on_tier", `${why}.`, { param: "model" });
  return [{ name: call.leftOut[0]?.name ?? call.route, error }];
}

/** @returns whether there was one that is new */
function noteCalls(ids: Set<string>, messages: readonly { readonly tool_calls?: unknown }[]): boolean {
  const before = ids.size;
  for (const { tool_calls: calls } of messages) {
    if (!Array.isArray(calls)) continue;
    for (const call of calls) if (typeof call?.id === "string" && call.id !== "") ids.add(call.id);
  }
  return ids.size > before;
}
