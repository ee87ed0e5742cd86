import { estimateAnswered } from "../cost/estimate-cost.js";
import { ABORT_LINGER_MS } from "../ledger/retention.js";
import type { CallPlan } from "./call-plan.js";
import type { Reservation } from "./reserve.js";

/** Charges what the server said a request cost, and frees its place. */
export async function chargeActual(plan: CallPlan, reservation: Reservation, apiTokens: number): Promise<void> {
  await charge(plan, reservation, { apiTokens, estimated: false, lingerMs: 0, clearsBlock: true });
}

/** How a request ended whose cost is estimated. */
interface Ending {
  /** It may still run upstream: its place is kept for a while. */
  readonly isUncertain?: boolean;
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
  { isUncertain = false, isAnswered = false, leastCost = 0 }: Ending = {},
): Promise<void> {
  await charge(plan, reservation, {
    apiTokens: Math.max(leastCost, estimateAnswered(plan.estimate, plan.found.model, answerCharacters)),
    estimated: true,
    lingerMs: isUncertain ? ABORT_LINGER_MS : 0,
    clearsBlock: isAnswered,
  });
}

async function charge(
  { tally }: CallPlan,
  reservation: Reservation,
  settlement: Parameters<Reservation["settle"]>[0],
): Promise<void> {
  tally.apiTokens += settlement.apiTokens;
  tally.estimated ||= settlement.estimated;
  tally.left = reservation.left(settlement.apiTokens);
  await reservation.settle(settlement);
}
