import type { CallEnd, Reservation } from "../account/reserve.js";
import { estimateAnswered } from "../cost/estimate-cost.js";
import { ABORT_LINGER_MS } from "../ledger/retention.js";
import type { CallPlan } from "./call-plan.js";

/** Charges what the server said a request cost, and frees its place. */
export async function chargeActual(plan: CallPlan, reservation: Reservation, apiTokens: number): Promise<void> {
  await charge(plan, reservation, { cost: apiTokens, estimated: false, lingerMs: 0, outcome: "answered" });
}

/** How a request ended whose cost is estimated. */
interface Ending {
  /** It may still run upstream: its place is kept for a while. */
  readonly isUncertain?: boolean;
  /** The upstream is to blame for that, and not a caller who left: three in a row open the breaker. */
  readonly isFailed?: boolean;
  /** Its answer shows that the account has budget. */
  readonly isAnswered?: boolean;
  /** What the server has said of its cost before the end. */
  readonly leastCost?: number | undefined;
}

/** Charges an upper estimate, for a request whose answer told no cost or did not come whole. */
export async function chargeEstimate(
  plan: CallPlan,
  reservation: Reservation,
  answerCharacters: number,
  { isUncertain = false, isFailed = false, isAnswered = false, leastCost = 0 }: Ending = {},
): Promise<void> {
  await charge(plan, reservation, {
    cost: Math.max(leastCost, estimateAnswered(plan.estimate, plan.found.model, answerCharacters)),
    estimated: true,
    lingerMs: isUncertain ? ABORT_LINGER_MS : 0,
    outcome: isAnswered ? "answered" : isFailed ? "failed" : "other",
  });
}

async function charge({ tally }: CallPlan, reservation: Reservation, end: CallEnd): Promise<void> {
  tally.estimated ||= end.estimated;
  const charged = await reservation.settle(end);
  tally.apiTokens += charged;
  tally.left = reservation.left(charged);
}
