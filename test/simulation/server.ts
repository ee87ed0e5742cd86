import type { Random } from "./random.ts";
import { createSignal, type Scheduler, type Task } from "./scheduler.ts";
import { type Answer, type Call, DAY_MS, type Scenario, type Server } from "./world.ts";

const CLOCK_OFF_MS = 800;

/**
 * A strict server: refuses what comes while another request of the account runs, and what comes when the day's budget is used
 * up. It never notices that a client has gone: a request runs to its end, and is counted.
 */
export function createServer(scenario: Scenario, scheduler: Scheduler, random: Random): Server {
  const counts = { requests: 0, refused: 0, concurrency: 0, budget: 0 };
  const usedByDay: Map<number, number> = new Map();
  let running = 0;
  // Its clock is not quite right either.
  const off = random.between(-CLOCK_OFF_MS, CLOCK_OFF_MS);
  const today = (): number => Math.floor((scheduler.now() + off) / DAY_MS);
  const charge = (apiTokens: number): void => {
    usedByDay.set(today(), (usedByDay.get(today()) ?? 0) + apiTokens);
  };
  /** Up to 200 ms, mostly 20. */
  const wayMs = (): number => 10 + random.skewed(15, 190);

  return {
    counts,
    usedByDay,
    send(call: Call) {
      const answer = createSignal<Answer>();
      const serve = function* (): Task {
        yield wayMs();
        counts.requests += 1;
        const reason =
          (usedByDay.get(today()) ?? 0) >= scenario.dailyApiTokens ? "budget" : running > 0 ? "concurrency" : undefined;
        if (reason !== undefined) {
          counts.refused += 1;
          counts[reason] += 1;
          yield wayMs();
          return answer.fire({ kind: "refused", reason });
        }
        running += 1;
        if (scenario.countedAt === "start") charge(call.apiTokens);
        yield call.durationMs;
        if (scenario.countedAt === "end") charge(call.apiTokens);
        running -= 1;
        yield wayMs();
        answer.fire({ kind: "answered", apiTokens: call.apiTokens });
      };
      scheduler.start(serve());
      return answer;
    },
  };
}
