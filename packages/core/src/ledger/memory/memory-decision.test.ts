import { beforeAll, describe, expect, it } from "vitest";
import {
  admitted,
  claimsOf,
  command,
  DAY_MS,
  NOON,
  settlement,
  spend,
  type TestCall,
  type TestClock,
  teachBlock,
  teachUse,
} from "../../testing/ledger.js";
import { windowRule } from "../../testing/tier.js";
import type { Period, WindowRule } from "../../tier/tier.js";
import type { LedgerStore } from "../ledger-store.js";
import { createMemoryStore } from "./memory-store.js";

/** As many rows as a step may visit, however many there are. */
const MOST_READ = 64;
const ROWS = 100_000;
const LIMIT = 1e9;

/** A store that counts the rows that its steps visit. */
function setup() {
  const clock: TestClock = { at: NOON - DAY_MS / 2 };
  let read = 0;
  const store = createMemoryStore({
    now: () => clock.at,
    onRead: () => {
      read += 1;
    },
  });
  const readBy = async (step: () => Promise<unknown>): Promise<number> => {
    read = 0;
    await step();
    return read;
  };
  return { clock, store, readBy };
}

const windowOf = (period: Period, limit = LIMIT) => [windowRule({ period, limit })];
const PERIODS: readonly Period[] = [
  { type: "day", zone: "UTC", resetHour: 0 },
  { type: "month", zone: "UTC", resetHour: 0 },
  { type: "rolling", spanMs: DAY_MS },
  { type: "bucket", spanMs: DAY_MS },
];

describe("a step with 100,000 rows in the day", () => {
  const { clock, store, readBy } = setup();
  beforeAll(async () => {
    const windows = PERIODS.flatMap((period) => windowOf(period));
    for (let calls = 0; calls < ROWS; calls += 1) {
      await spend(store, 1, { windows });
      clock.at += 400;
    }
  });

  it.each(PERIODS.map((period) => [period.type, period] as const))("visits few of them: %s", async (_, period) => {
    const windows = windowOf(period);
    const most: Record<string, number> = {};
    const note = async <Answer>(step: string, work: () => Promise<Answer>): Promise<Answer> => {
      let answer: Promise<Answer> | undefined;
      const read = await readBy(() => {
        answer = work();
        return answer;
      });
      most[step] = Math.max(most[step] ?? 0, read);
      return answer ?? work();
    };
    // What a window holds is counted in full once, when it is first asked for.
    await store.view("account", claimsOf(windows));
    for (const countFrom of ["end", "start", "end", "start"] as const) {
      const fields: Partial<TestCall> = { windows, countFrom };
      const [settled, cancelled] = [command(fields), command(fields)];
      await note("peek", () => store.peek(settled));
      const { fence } = await note("reserve", () => admitted(store, settled));
      await note("view", () => store.view("account", claimsOf(windows)));
      await note("reserve and wait", () => store.reserve(cancelled));
      clock.at += 400;
      await note("settle", () => store.settle(settled.id, fence, settlement(1)));
      await note("view", () => store.view("account", claimsOf(windows)));
      for (const used of [2 * ROWS, ROWS, ROWS + 500])
        await note("teach", () => teachUse(store, windowOf(period)[0] as WindowRule, used, fence));
      await note("reserve", () => admitted(store, cancelled));
      await note("cancel", () => store.cancel(cancelled.id));
      await note("peek", () => store.peek(command(fields)));
      clock.at += 400;
    }
    expect(Object.entries(most).filter(([, read]) => read > MOST_READ)).toEqual([]);
    expect(Object.keys(most)).toHaveLength(7);
  });

  it("visits few of them to say when a full window lets a call pass", async () => {
    const windows = windowOf({ type: "rolling", spanMs: DAY_MS }, ROWS);
    const full = command({ windows });
    expect(await store.reserve(full)).toMatchObject({ outcome: "denied", rule: "daily" });
    expect(await readBy(() => store.reserve(full))).toBeLessThanOrEqual(MOST_READ);
    const costly = command({ windows, heldApiTokens: 5_000, countOwnHold: true });
    expect(await readBy(() => store.reserve(costly))).toBeLessThanOrEqual(MOST_READ);
    expect(await readBy(() => store.view("account", claimsOf(windows)))).toBeLessThanOrEqual(MOST_READ);
  });

  it("visits few of them when the next day begins", async () => {
    const claims = claimsOf(windowOf({ type: "day", zone: "UTC", resetHour: 0 }));
    expect((await store.view("account", claims)).windows[0]?.used).toBeGreaterThan(ROWS);
    clock.at += DAY_MS;
    expect(await readBy(() => store.view("account", claims))).toBeLessThanOrEqual(MOST_READ);
    expect((await store.view("account", claims)).windows[0]?.used).toBe(0);
  });
});

describe("with 2,000 tickets a step", () => {
  it("of the first of them, of one that joins and of one that leaves visits few rows", async () => {
    const { store, readBy } = setup();
    const running = command();
    const { fence } = await admitted(store, running);
    const first = command();
    await store.reserve(first);
    for (let calls = 0; calls < 2_000; calls += 1) await store.reserve(command());
    const last = command();
    for (const step of [
      () => store.reserve(last),
      () => store.reserve(first),
      () => store.peek(command()),
      () => store.cancel(last.id),
      () => store.settle(running.id, fence, settlement(1)),
      () => admitted(store, first),
    ])
      expect(await readBy(step)).toBeLessThanOrEqual(MOST_READ);
  });
});

describe("blocks", () => {
  it("are tried by one call, which keeps its slot for a while, and then by the next", async () => {
    const { store, clock } = setup();
    const answer = await tryBlock(store, clock);
    expect(answer).toEqual(["admitted", "queued", "queued", "admitted"]);
  });
});

/** What becomes of four calls after a block's end, of which the first is aborted. */
async function tryBlock(store: LedgerStore, clock: TestClock): Promise<string[]> {
  await teachBlock(store, { until: clock.at });
  const free = { concurrency: null };
  const first = command(free);
  const { fence, probes } = await admitted(store, first);
  expect(probes).toEqual(["account"]);
  const second = command(free);
  const outcomes = ["admitted", (await store.reserve(second)).outcome];
  await store.settle(first.id, fence, settlement(1, { lingerMs: 5_000 }));
  clock.at += 4_999;
  outcomes.push((await store.reserve(second)).outcome);
  clock.at += 1;
  outcomes.push((await store.reserve(second)).outcome);
  return outcomes;
}
