import type { Reservation } from "../account/reservation.js";
import type { CallContext } from "./call-context.js";
import { hasCostCap, overCostCap } from "./cost-cap.js";
import type { Part } from "./job.js";
import { prepareCall } from "./prepare-call.js";
import { accountCall, type PreparedCall } from "./prepared-call.js";

/** Takes the place of one request of a call, waiting for it. @throws LaplasError, or the signal's reason */
export async function acquireSlot(
  context: CallContext,
  part: Part,
  signal: AbortSignal | undefined,
): Promise<Reservation> {
  const { plan, isFurther } = part;
  return takeSlot(context, plan, await context.account.reserve(accountCall(plan), signal, { ahead: isFurther }));
}

/** Counts a place that was taken into its call's story. @throws LaplasError, and then the place is given back */
export async function takeSlot(
  context: CallContext,
  plan: PreparedCall,
  reservation: Reservation,
): Promise<Reservation> {
  plan.totals.waitedMs += reservation.waitedMs;
  // Another call may have learned the price while this one waited.
  try {
    if (hasCostCap(context, plan) && (await overCostCap(context, plan)))
      prepareCall(context, plan.request.endpoint, plan.request.body, {}, true);
  } catch (error) {
    await reservation.cancel();
    throw error;
  }
  plan.totals.attempts += 1;
  plan.totals.left = reservation.left();
  return reservation;
}
