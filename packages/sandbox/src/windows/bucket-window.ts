import { tolerance, type Window } from "./window.js";

/** What is used drains away steadily, a full limit in each span: a burst is allowed, then a trickle. */
export function createBucketWindow(limit: number, spanMs: number): Window {
  const drainPerMs = limit / spanMs;
  let level = 0;
  let since = 0;

  const used = (at: number): number => Math.max(0, level - Math.max(0, at - since) * drainPerMs);

  return {
    limit,
    used,
    add(amount, at) {
      level = Math.max(0, used(at) + amount);
      since = at;
    },
    fitsAt(amount, at) {
      const over = used(at) + amount - limit;
      if (over <= tolerance) return at;
      return amount > limit + tolerance ? Number.POSITIVE_INFINITY : at + over / drainPerMs;
    },
    resetsAt: (at) => (used(at) === 0 ? at : at + used(at) / drainPerMs),
  };
}
