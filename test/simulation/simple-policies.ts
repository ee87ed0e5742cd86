import type { Task } from "./scheduler.ts";
import { DAY_MS, type MakePolicy, type Process, SECOND_MS, untilMidnight } from "./world.ts";

const LEASE_MS = 30 * SECOND_MS;
const POLL_MS = 100;
const USUAL_COST = 150;

/** After a refusal for the budget a program asks again now and then. */
const REFUSED_PAUSE_MS = 3_600 * SECOND_MS;

/**
 * What programs do without us: they add up what they have used, in a place they share, by their own clocks. With `lease` they
 * take a lock for the time of a call; with `reservation` each call counts what it will usually cost before it is sent.
 */
export function simplePolicy(name: string, { lease = false, reservation = false }): MakePolicy {
  return ({ scenario, scheduler, random, server, storeMs }) => {
    const usedByDay: Map<number, number> = new Map();
    let lock: { readonly token: object; readonly until: number } | undefined;
    const refusedUntil: Map<Process, number> = new Map();

    const count = (day: number, apiTokens: number): void => {
      usedByDay.set(day, (usedByDay.get(day) ?? 0) + apiTokens);
    };

    function* acquire(token: object): Task {
      for (;;) {
        yield storeMs();
        if (lock === undefined || scheduler.now() >= lock.until) {
          lock = { token, until: scheduler.now() + LEASE_MS };
          return;
        }
        yield POLL_MS * random.between(0.5, 1.5);
      }
    }
    const release = (token: object): void => {
      if (lock?.token === token) lock = undefined;
    };

    return {
      name,
      *call(process, call) {
        for (;;) {
          const token = {};
          if (lease) yield* acquire(token);
          yield storeMs();
          const day = Math.floor(process.clock() / DAY_MS);
          const refusedForMs = (refusedUntil.get(process) ?? 0) - scheduler.now();
          if ((usedByDay.get(day) ?? 0) >= scenario.dailyApiTokens || refusedForMs > 0) {
            release(token);
            const midnightMs = untilMidnight(process.clock(), random);
            yield refusedForMs > 0 ? Math.min(refusedForMs, midnightMs) : midnightMs;
            continue;
          }
          const reserved = reservation ? USUAL_COST : 0;
          count(day, reserved);

          const answer = server.send(call);
          yield call.leavesAfterMs === undefined ? answer : { signal: answer, atMostMs: call.leavesAfterMs };
          yield storeMs();
          release(token);
          // Left, as `finally` leaves: the lock is free, and what it cost will never be known.
          if (answer.value === undefined) return;
          if (answer.value.kind === "answered") {
            count(day, answer.value.apiTokens - reserved);
            return;
          }
          count(day, -reserved);
          if (answer.value.reason === "budget") refusedUntil.set(process, scheduler.now() + REFUSED_PAUSE_MS);
          else yield random.between(1, 3) * SECOND_MS;
        }
      },
    };
  };
}
