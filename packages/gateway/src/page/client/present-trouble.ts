import type { RecentCall } from "../../recent/recent-call.js";

/** An hour: after that what was refused explains nothing that anybody asks now. */
const LATELY_MS = 3_600_000;

export function isTrouble({ outcome }: Pick<RecentCall, "outcome">): boolean {
  return outcome === "refused" || outcome === "failed";
}

/**
 * The newest call that went wrong, as long as it matters: until one goes well, it is dismissed, or an hour has passed.
 *
 * @param dismissed when the newest one that somebody has dismissed was told, in epoch milliseconds
 */
export function presentTrouble(calls: readonly RecentCall[], now: number, dismissed: number): RecentCall | undefined {
  const at = (call: RecentCall): number => Date.parse(call.at);
  // What is refused again and again keeps its place in the list: the time of its newest counts.
  const newest = calls.filter(isTrouble).sort((one, other) => at(other) - at(one) || other.id - one.id)[0];
  if (newest === undefined || now - at(newest) >= LATELY_MS || at(newest) <= dismissed) return undefined;
  const isOver = calls.some(
    (call) =>
      call.outcome === "answered" && (at(call) > at(newest) || (at(call) === at(newest) && call.id > newest.id)),
  );
  return isOver ? undefined : newest;
}

/** What the provider itself refuses for a limit has failed after it was sent; to a person it is refused. */
export function leadOf({ outcome, code }: Pick<RecentCall, "outcome" | "code">): string {
  if (outcome === "refused") return "Refused: ";
  return /_quota$|^(rate_limited|request_cost)$/.test(code ?? "") ? "Refused by the provider: " : "Failed: ";
}
