import type { Reservation } from "../account/reserve.js";
import type { CallContext } from "./call-context.js";
import { hasCostCap, overCostCap } from "./cost-cap.js";
import type { Part } from "./job.js";
import { prepareCall } from "./prepare-call.js";
import { accountCall } from "./prepared-call.js";
import { raceAbort } from "./race-abort.js";

/** Takes the place of one request of a call, waiting for it. @throws LaplasError, or the signal's reason */
export async function acquireSlot(
  context: CallContext,
  { plan, isFurther }: Part,
  signal: AbortSignal | undefined,
): Promise<Reservation> {
  const { usage } = context.account;
  if (usage !== undefined) await raceAbort(usage.atStart(), signal, () => {});
  const reservation = await context.account.reserve(accountCall(plan), signal, { ahead: isFurther });
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
