import { estimateAnswered } from "../cost/estimate-cost.js";
import { ABORT_LINGER_MS } from "../ledger/retention.js";
import type { CallPlan } from "./call-plan.js";
import type { Reservation } from "./reserve.js";

/** Charges what the server said a request cost, and frees its place. */
export async function chargeActual(plan: CallPlan, reservation: Reservation, apiTokens: number): Promise<void> {
  await charge(plan, reservation, { apiTokens, estimated: false, lingerMs: 0, clearsBlock: true });
}

/** Charges an upper estimate, for a request whose answer told no cost or did not come whole. */
export async function chargeEstimate(
  plan: CallPlan,
  reservation: Reservation,
  answerCharacters: number,
  { aborted = false, answered = false }: { aborted?: boolean; answered?: boolean } = {},
): Promise<void> {
  await charge(plan, reservation, {
    apiTokens: estimateAnswered(plan.estimate, plan.found.model, answerCharacters),
    estimated: true,
    lingerMs: aborted ? ABORT_LINGER_MS : 0,
    clearsBlock: answered,
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
