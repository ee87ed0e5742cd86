import type { DoorOptions } from "../call/call-options.js";
import { prepareCalls } from "../call/prepare-call.js";
import { createTotals, type PreparedCall } from "../call/prepared-call.js";
import { raceAbort } from "../call/race-abort.js";
import { requireBudget } from "../call/require-budget.js";
import type { LaplasError } from "../errors/laplas-error.js";
import type { Endpoint } from "../request/read-request.js";
import { tierLimits } from "../tier/tier-limits.js";
import type { Target } from "./find-targets.js";

/** A target that a call may go to, and what came of that. */
export interface Candidate {
  readonly target: Target;
  /** The call as this target would be asked, decided on once. @throws LaplasError */
  plans(): Promise<Plans>;
  /** How well it fits, once it is known. */
  fit: Fit;
  /** Why it does not answer, as far as it was asked. */
  refusal: LaplasError | undefined;
  /** How often it has refused the call for a limit that the account did not foresee. */
  surprises: number;
  /** The end, by the engine's clock, of a pause that concerns this call alone and is not in the account. */
  pausedUntil: number | undefined;
  /** Whether it is asked no more. */
  isOut: boolean;
}

export type Plans = readonly [PreparedCall, ...PreparedCall[]];

/**
 * `full`: as was asked for. `shorter`: its tier cuts the answer below the length that was asked for. `tight`: prompt and answer are expected
 * to be more than its context.
 */
export type Fit = "full" | "shorter" | "tight";

/** A call before any target is asked. */
export interface AskedCall {
  readonly endpoint: Endpoint;
  readonly bodies: readonly unknown[];
  readonly options: DoorOptions;
}

export function createCandidate(target: Target, asked: AskedCall): Candidate {
  let plans: Promise<Plans> | undefined;
  const candidate: Candidate = {
    target,
    plans() {
      plans ??= prepare(target, asked).then((prepared) => {
        candidate.fit = fitOf(target, prepared[0]);
        return prepared;
      });
      return plans;
    },
    fit: "full",
    refusal: undefined,
    surprises: 0,
    pausedUntil: undefined,
    isOut: false,
  };
  return candidate;
}

/** The same requests, as if nothing had been sent. */
export function asNew([first, ...others]: Plans, story: Pick<PreparedCall["totals"], "waitedMs" | "attempts">): Plans {
  const totals = { ...createTotals(first.totals.requestId), ...story };
  return [{ ...first, totals }, ...others.map((plan) => ({ ...plan, totals }))];
}

async function prepare({ context, model }: Target, { endpoint, bodies, options }: AskedCall): Promise<Plans> {
  const plans = await prepareCalls(context, endpoint, withModel(bodies, model), options);
  const { usage } = context.account;
  if (usage !== undefined) await raceAbort(usage.atStart(), options.signal, () => {});
  if (plans[0].adapted.parts.length > 1) await requireBudget(context, plans[0]);
  return plans;
}

/** Bodies that ask for a model by its name at the provider; the same where they do. */
export function withModel(bodies: readonly unknown[], model: string): readonly unknown[] {
  return bodies.map((body) => {
    if (typeof body !== "object" || body === null || (body as { model?: unknown }).model === model) return body;
    return { ...body, model };
  });
}

function fitOf({ context }: Target, { request, found, estimate, limits, continueAtCap }: PreparedCall): Fit {
  if (request.endpoint !== "chat") return "full";
  const { contextTokens } = tierLimits(context.options.tier, found.model);
  const { inputTokens, outputTokens } = estimate.expected;
  if (contextTokens !== undefined && inputTokens + outputTokens > contextTokens) return "tight";
  const { maxOutputTokens: asked } = request;
  const given = limits.maxOutputTokens;
  return asked !== undefined && given !== undefined && given < asked && continueAtCap === 0 ? "shorter" : "full";
}
