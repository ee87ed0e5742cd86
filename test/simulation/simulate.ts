import { ourPolicy, WORST_COST } from "./our-policy.ts";
import { createRandom } from "./random.ts";
import { createScheduler, type Task } from "./scheduler.ts";
import { createServer } from "./server.ts";
import { simplePolicy } from "./simple-policies.ts";
import { type Call, DAY_MS, type MakePolicy, type Process, type Scenario, SECOND_MS, type World } from "./world.ts";

const MEAN_COST = 130;
const LEAST_COST = 16;
/** How long the server is at an answer of one API token. */
const MS_PER_API_TOKEN = 12;
const RESTART_MS = 10 * SECOND_MS;
const FROZEN_MS = 60 * SECOND_MS;

export interface Result {
  readonly requests: number;
  readonly refused: number;
  readonly refusedForConcurrency: number;
  readonly refusedForBudget: number;
  /** Of the budgets of all whole days; what goes beyond a day's budget is not counted. */
  readonly budgetUsed: number;
  /** Most that a day went beyond its budget. */
  readonly overspent: number;
}

/** From the least that programs do to what this pack does. */
export const POLICIES: readonly MakePolicy[] = [
  simplePolicy("counting afterwards", {}),
  simplePolicy("+ lease", { lease: true }),
  simplePolicy("+ reservation", { lease: true, reservation: true }),
  ourPolicy({ name: "laplas", unknownCost: "worst" }),
];

/** Plays a scenario under a policy. The same seed plays the same calls, and the same accidents befall them. */
export function simulate(scenario: Scenario, makePolicy: MakePolicy): Result & { readonly policy: string } {
  // At noon: the first day is half a day.
  const start = 20_000 * DAY_MS + DAY_MS / 2;
  const scheduler = createScheduler(start);
  const server = createServer(scenario, scheduler, createRandom(scenario.seed));
  const wayRandom = createRandom(scenario.seed + 1);
  const world: World = {
    scenario,
    scheduler,
    server,
    random: createRandom(scenario.seed + 2),
    storeMs: () => wayRandom.between(0.2, 4),
  };
  const policy = makePolicy(world);
  for (let id = 0; id < scenario.processes; id += 1) startProcess(world, policy.call, id, 0);
  scheduler.run(start + scenario.days * DAY_MS);

  const firstDay = Math.floor(start / DAY_MS) + 1;
  let used = 0;
  let overspent = 0;
  for (let day = firstDay; day < firstDay + scenario.days - 1; day += 1) {
    const ofDay = server.usedByDay.get(day) ?? 0;
    used += Math.min(ofDay, scenario.dailyApiTokens);
    overspent = Math.max(overspent, ofDay - scenario.dailyApiTokens);
  }
  const { requests, refused, concurrency, budget } = server.counts;
  return {
    policy: policy.name,
    requests,
    refused,
    refusedForConcurrency: concurrency,
    refusedForBudget: budget,
    budgetUsed: used / (scenario.dailyApiTokens * (scenario.days - 1)),
    overspent,
  };
}

function startProcess(world: World, call: (process: Process, call: Call) => Task, id: number, life: number): void {
  const { scenario, scheduler } = world;
  const random = createRandom(scenario.seed * 1_000 + id * 100 + life + 7);
  const skew = random.between(-scenario.skewMs, scenario.skewMs);
  const process: Process = {
    id,
    isDead: false,
    frozenUntil: 0,
    costs: [],
    clock: () => scheduler.now() + skew,
  };

  function* befall(planned: Call): Task {
    const chance = random.next();
    const moment = random.between(0, planned.durationMs);
    if (chance < scenario.killed) {
      yield moment;
      process.isDead = true;
      yield RESTART_MS;
      startProcess(world, call, id, life + 1);
    } else if (chance < scenario.killed + scenario.frozen) {
      yield moment;
      process.frozenUntil = scheduler.now() + FROZEN_MS;
    }
  }

  function* work(): Task {
    yield random.between(0, SECOND_MS);
    for (;;) {
      const apiTokens = Math.round(LEAST_COST + random.skewed(MEAN_COST, WORST_COST - LEAST_COST));
      const durationMs = 200 + apiTokens * MS_PER_API_TOKEN;
      const leaves = random.happens(scenario.aborted);
      const leavesAfterMs = leaves ? random.between(0, durationMs) : undefined;
      const planned = { apiTokens, durationMs, leavesAfterMs };
      // Accidents belong to nobody: they befall a call from the moment it is sent.
      yield* call(process, watched(planned));
      yield random.skewed(scenario.pauseMs, 10 * scenario.pauseMs);
    }
  }

  /** The accident begins with the sending, which the server's side asks the duration for. */
  function watched(planned: Call): Call {
    let isSent = false;
    return {
      apiTokens: planned.apiTokens,
      leavesAfterMs: planned.leavesAfterMs,
      get durationMs() {
        if (!isSent) scheduler.start(befall(planned));
        isSent = true;
        return planned.durationMs;
      },
    };
  }

  for (let index = 0; index < scenario.callsAtOnce; index += 1) scheduler.start(work(), process);
}
