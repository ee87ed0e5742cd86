import { tolerance, type Window } from "./window.js";

/** Looks back from each moment over a span: what was added leaves exactly one span later. */
export function createSlidingWindow(limit: number, spanMs: number): Window {
  let added: { at: number; amount: number }[] = [];

  const counted = (at: number) => added.filter((entry) => entry.at > at - spanMs);
  const used = (at: number): number => counted(at).reduce((sum, entry) => sum + entry.amount, 0);

  return {
    limit,
    used,
    add(amount, at) {
      added = counted(at);
      added.push({ at, amount });
    },
    fitsAt(amount, at) {
      let over = used(at) + amount - limit;
      if (over <= tolerance) return at;
      for (const entry of counted(at)) {
        over -= entry.amount;
        if (over <= tolerance) return entry.at + spanMs;
      }
      return Number.POSITIVE_INFINITY;
    },
    resetsAt: (at) => Math.max(at, ...counted(at).map((entry) => entry.at + spanMs)),
  };
}
