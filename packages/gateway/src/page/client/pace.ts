import type { RecentCall } from "../../recent/recent-call.js";
import { costOf } from "./cost.js";

/** Where the use of the last hour leads. */
export type Pace =
  /** @property at epoch milliseconds: when nothing is left, before the reset */
  | { readonly kind: "empty"; readonly at: number }
  /** @property left what the reset finds unused */
  | { readonly kind: "lasts"; readonly left: number };

const LOOK_BACK_MS = 3_600_000;
/** Two calls in a minute say nothing of the hour. */
const LEAST_SPAN_MS = 600_000;
const LEAST_CALLS = 3;

/**
 * Goes on as the last hour went; `undefined` where too little happened to tell.
 *
 * @param calls newest first
 * @param provider of several providers: whose calls count
 */
export function paceOf(
  calls: readonly RecentCall[],
  { left, resetsAt, now, provider }: { left: number; resetsAt: number; now: number; provider?: string | undefined },
): Pace | undefined {
  const counted = calls.filter(
    (call) =>
      costOf(call) > 0 &&
      now - Date.parse(call.at) <= LOOK_BACK_MS &&
      (provider === undefined || call.provider === provider),
  );
  if (counted.length < LEAST_CALLS || left <= 0 || resetsAt <= now) return undefined;
  const oldest = Math.min(...counted.map(({ at }) => Date.parse(at)));
  const span = Math.max(LEAST_SPAN_MS, now - oldest);
  const perMs = counted.reduce((sum, call) => sum + costOf(call), 0) / span;
  const at = now + left / perMs;
  return at < resetsAt ? { kind: "empty", at } : { kind: "lasts", left: left - (resetsAt - now) * perMs };
}
