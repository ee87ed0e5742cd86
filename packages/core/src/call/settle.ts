import type { CallEnd, Reservation } from "../account/reservation.js";
import { costOfTold, estimateAnswered } from "../cost/estimate-cost.js";
import { type CallUse, useBy } from "../cost/meter.js";
import type { ToldUse } from "../cost/read-usage.js";
import type { PreparedCall } from "./prepared-call.js";

/**
 * Charges what the server said a request used, and frees its place. It said the cost; of what else it may not have said, an upper estimate is
 * charged.
 */
export async function chargeActual(
  plan: PreparedCall,
  reservation: Reservation,
  told: ToldUse & Pick<CallUse, "credits">,
  answerCharacters: number,
): Promise<void> {
  const use = { ...estimateAnswered(plan.estimate, answerCharacters), ...told };
  await charge(plan, reservation, { use, estimated: false, lingerMs: 0, outcome: "answered" });
}

/** How a request ended whose cost is estimated. */
interface Ending {
  /** It may still run upstream: its place is kept for a while. */
  readonly isUncertain?: boolean;
  /** The upstream is to blame for that, and not a caller who left: three in a row open the breaker. */
  readonly isFailed?: boolean;
  /** Its answer shows that the account has budget. */
  readonly isAnswered?: boolean;
  /** Tokens that the model has written at least: it was cut at its limit. */
  readonly leastTokens?: number;
  /** What the server has said of its use before the end. */
  readonly told?: ToldUse;
}

/** Charges an upper estimate, for a request whose answer told no cost or did not come whole. */
export async function chargeEstimate(
  plan: PreparedCall,
  reservation: Reservation,
  answerCharacters: number,
  { isUncertain = false, isFailed = false, isAnswered = false, leastTokens = 0, told = {} }: Ending = {},
): Promise<void> {
  const estimate = estimateAnswered(plan.estimate, answerCharacters, leastTokens);
  const use = useBy((meter) => Math.max(told[meter] ?? 0, estimate[meter]));
  // Of an answer that is not whole, what was said is not all.
  const isWhole = isAnswered && !isUncertain && told.credits === undefined;
  const credits = isWhole ? costOfTold(plan.estimate, told) : undefined;
  await charge(plan, reservation, {
    use: credits === undefined ? use : { ...use, credits },
    estimated: true,
    lingerMs: isUncertain ? reservation.lingerMs : 0,
    outcome: isAnswered ? "answered" : isFailed ? "failed" : "other",
  });
}

async function charge({ totals }: PreparedCall, reservation: Reservation, end: CallEnd): Promise<void> {
  totals.estimated ||= end.estimated;
  const charged = await reservation.settle(end);
  totals.cost += charged.credits;
  totals.left = reservation.left(charged);
}
