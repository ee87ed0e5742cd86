import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";
import { FIRST_SCENARIOS, SCENARIOS } from "./scenarios.ts";
import { createScheduler, createSignal, type Task } from "./scheduler.ts";
import { POLICIES, simulate } from "./simulate.ts";
import { OURS, testMonths } from "./test-months.ts";

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

describe("a month of many processes on one account, with more to do than the budget allows", () => {
  testMonths(FIRST_SCENARIOS);

  it("is the same each time", () => {
    const scenario = { ...SCENARIOS[SCENARIOS.length - 1], days: 4 } as (typeof SCENARIOS)[number];
    for (const policy of POLICIES) expect(simulate(scenario, policy)).toEqual(simulate(scenario, policy));
  });

  it("goes otherwise for who does less: each simpler policy is refused", () => {
    const scenario = { ...SCENARIOS[SCENARIOS.length - 1], days: 8 } as (typeof SCENARIOS)[number];
    for (const policy of POLICIES) {
      const { policy: name, requests, refused, budgetUsed } = simulate(scenario, policy);
      console.log(`${name}: ${percent(refused / requests)} of ${requests} refused, ${percent(budgetUsed)} used`);
      if (policy === OURS) expect(refused).toBe(0);
      else expect(refused).toBeGreaterThan(100);
    }
  });
});

describe("virtual time", () => {
  it("runs tasks in the order of their moments, and those of one moment as they came", () => {
    const scheduler = createScheduler(1_000);
    const seen: string[] = [];
    const task = function* (name: string, ...waits: number[]): Task {
      for (const ms of waits) {
        yield ms;
        seen.push(`${name}@${scheduler.now()}`);
      }
    };
    scheduler.start(task("a", 5, 5));
    scheduler.start(task("b", 10, 0));
    scheduler.start(task("c", 1, 100));
    scheduler.run(1_050);
    expect(seen).toEqual(["c@1001", "a@1005", "b@1010", "a@1010", "b@1010"]);
    expect(scheduler.now()).toBe(1_050);
  });

  it("waits for a signal, or for so long; a dead owner does nothing, a frozen one later", () => {
    const scheduler = createScheduler(0);
    const seen: string[] = [];
    const [dead, frozen] = [
      { isDead: false, frozenUntil: 0 },
      { isDead: false, frozenUntil: 0 },
    ];
    const signal = createSignal<number>();
    const never = createSignal();
    scheduler.start(
      (function* (): Task {
        yield signal;
        seen.push(`heard ${signal.value} at ${scheduler.now()}`);
        yield { signal: never, atMostMs: 30 };
        seen.push(`gave up at ${scheduler.now()}`);
      })(),
    );
    for (const [name, owner] of Object.entries({ dead, frozen })) {
      scheduler.start(
        (function* (): Task {
          yield 15;
          seen.push(`${name} at ${scheduler.now()}`);
        })(),
        owner,
      );
    }
    scheduler.start(
      (function* (): Task {
        yield 10;
        dead.isDead = true;
        frozen.frozenUntil = 25;
        signal.fire(7);
        signal.fire(8);
      })(),
    );
    scheduler.run(1_000);
    expect(seen).toEqual(["heard 7 at 10", "frozen at 25", "gave up at 40"]);
  });

  it("has chance that is spread as it should be", () => {
    const random = createRandom(7);
    const values = Array.from({ length: 20_000 }, () => random.skewed(100, 10_000));
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(100, -1);
    expect(Array.from({ length: 20_000 }, () => random.happens(0.2)).filter(Boolean).length / 20_000).toBeCloseTo(
      0.2,
      1,
    );
  });
});
