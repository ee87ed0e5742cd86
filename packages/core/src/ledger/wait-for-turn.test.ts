import { describe, expect, it, onTestFinished, vi } from "vitest";
import { denialError } from "../account/denial-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { API_TOKENS } from "../providers/laplas/laplas-tiers.js";
import { rejection } from "../testing/engine.js";
import { command, daily, NOON, settlement, spend, teachBlock } from "../testing/ledger.js";
import type { LedgerStore, ReserveCommand } from "./ledger-store.js";
import { createMemoryStore } from "./memory/memory-store.js";
import { createTurnQueue, type TurnQueue } from "./turn-queue.js";
import { type Admitted, waitForTurn } from "./wait-for-turn.js";

interface Setup {
  readonly store: LedgerStore;
  readonly queue: TurnQueue;
  readonly clock: { at: number };
  wait(
    wanted?: ReserveCommand,
    more?: { signal?: AbortSignal; patienceMs?: number; maxQueue?: number },
  ): Promise<Admitted>;
  end(call: ReserveCommand, fence: number, apiTokens?: number): Promise<void>;
}

function setup(wrap: (store: LedgerStore) => LedgerStore = (store) => store): Setup {
  const clock = { at: NOON };
  const store = wrap(createMemoryStore({ now: () => clock.at }));
  const queue = createTurnQueue();
  // A store that never works again would else be tried for as long as the worker lives.
  const closed = new AbortController();
  onTestFinished(() => closed.abort());
  return {
    store,
    queue,
    clock,
    wait: (wanted = command(), { signal, patienceMs = 60_000, maxQueue = 10_000 } = {}) =>
      waitForTurn(wanted, {
        store,
        queue,
        signal,
        closed: closed.signal,
        patienceMs,
        maxQueue,
        tierTitle: "test tier",
        denialError: (denial) =>
          denialError(denial, {
            tier: { title: "test tier", unit: API_TOKENS },
            windows: [daily],
            remedy: " Take another.",
          }),
        busyRule: "one_at_a_time",
      }),
    async end(call, fence, apiTokens = 1) {
      await store.settle(call.id, fence, settlement(apiTokens));
      queue.ended(call);
    },
  };
}

/** Time passes when the test says so. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

const waiting = async ({ store }: Setup): Promise<number> => (await store.view("account", [])).waiting;

describe("waitForTurn", () => {
  it("is admitted at once where a slot is free", async () => {
    expect(await setup().wait()).toMatchObject({ outcome: "admitted", waitedMs: 0 });
  });

  it("serves two thousand in the order they came, with three steps of the store for each, and leaves no ticket", async () => {
    // No timer fires: the end of a call alone brings the next.
    stopTime();
    let steps = 0;
    const test = setup((store) => {
      const counted = <Step extends (...args: never[]) => unknown>(step: Step): Step =>
        ((...args: never[]) => {
          steps += 1;
          return step(...args);
        }) as Step;
      return {
        ...store,
        reserve: counted(store.reserve),
        settle: counted(store.settle),
        cancel: counted(store.cancel),
        peek: counted(store.peek),
        view: counted(store.view),
        learned: counted(store.learned),
      };
    });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 2_000 }, async (_, number) => {
        const call = command({ windows: [{ ...daily, limit: 1e6 }] });
        const { fence } = await test.wait(call);
        order.push(number);
        await test.end(call, fence);
      }),
    );
    expect(order).toEqual(Array.from({ length: 2_000 }, (_, number) => number));
    expect(steps).toBeLessThanOrEqual(3 * 2_000);
    expect(await waiting(test)).toBe(0);
    expect(test.queue.size).toBe(0);
  });

  it("is not held up by a call of its own that asked later and got its ticket earlier", async () => {
    stopTime();
    const { promise: late, resolve: letGo } = Promise.withResolvers<void>();
    let isLate = false;
    const test = setup((store) => ({
      ...store,
      async reserve(wanted) {
        if (isLate) {
          isLate = false;
          await late;
        }
        return store.reserve(wanted);
      },
    }));
    const first = command();
    const { fence } = await test.wait(first);
    isLate = true;
    const [one, other] = [command(), command()];
    const served: string[] = [];
    const serve = async (name: string, call: ReserveCommand): Promise<void> => {
      const admitted = await test.wait(call);
      served.push(name);
      await test.end(call, admitted.fence);
    };
    const both = [serve("one", one), serve("other", other)];
    await vi.advanceTimersByTimeAsync(0);
    letGo();
    await vi.advanceTimersByTimeAsync(0);
    await test.end(first, fence);
    await Promise.all(both);
    expect(served).toEqual(["other", "one"]);
  });

  it("hears of a slot that comes free while it asks", async () => {
    let answered = (): void => {};
    const test = setup((store) => ({
      ...store,
      async reserve(wanted) {
        const answer = await store.reserve(wanted);
        answered();
        return answer;
      },
    }));
    const first = command();
    const { fence } = await test.wait(first);
    // The slot is given back after the second call was told to wait, and before it has heard so.
    answered = () => {
      answered = () => {};
      void test.store.settle(first.id, fence, settlement(1));
      test.queue.ended(first);
    };
    // Polling would find the slot as well, so it is stopped: only the call can wake the waiter.
    stopTime();
    expect((await test.wait()).outcome).toBe("admitted");
  });

  it("gives up when the queue has not moved for so long, saying when to come again and which rule it is", async () => {
    stopTime();
    const test = setup();
    await test.wait();
    let hasPatience = true;
    const givenUp = rejection(test.wait(command(), { patienceMs: 30_000 })).finally(() => {
      hasPatience = false;
    });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(hasPatience).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    const error = await givenUp;
    expect(RetryableLimitError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "busy", retryAfterMs: 2_000, rule: "one_at_a_time" });
    expect((error as Error).message).toMatch(/^test tier: busy\. The account's queue has not moved .*patienceMs/);
    expect(await waiting(test)).toBe(0);
  });

  it("gives up together with all that have waited as long: one that leaves moves nothing", async () => {
    stopTime();
    const test = setup();
    await test.wait();
    const givenUp = Promise.all([1, 2, 3].map(() => rejection(test.wait(command(), { patienceMs: 30_000 }))));
    await vi.advanceTimersByTimeAsync(30_000);
    for (const error of await givenUp) expect(error).toMatchObject({ code: "busy" });
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives up although others join the queue that stands still", async () => {
    stopTime();
    const test = setup();
    await test.wait();
    const first = rejection(test.wait(command(), { patienceMs: 30_000 }));
    for (let joined = 0; joined < 6; joined += 1) {
      await vi.advanceTimersByTimeAsync(5_000);
      void test.wait(command(), { patienceMs: 60_000 }).catch(() => {});
    }
    expect(await first).toMatchObject({ code: "busy" });
    await vi.advanceTimersByTimeAsync(60_000);
  });

  it("with no patience at all gives up at once, but takes a slot that is free", async () => {
    const test = setup();
    await test.wait(command(), { patienceMs: 0 });
    expect(await rejection(test.wait(command(), { patienceMs: 0 }))).toMatchObject({ code: "busy" });
  });

  it("has patience anew whenever the queue moves", async () => {
    stopTime();
    const test = setup();
    let running = command();
    let { fence } = await test.wait(running);
    const waitedFor = Array.from({ length: 4 }, () => command());
    const turns = waitedFor.map((call) => test.wait(call, { patienceMs: 10_000 }));
    const last = test.wait(command(), { patienceMs: 400 });
    for (const [index, call] of waitedFor.entries()) {
      // In all longer than the last one's patience, each step shorter.
      await vi.advanceTimersByTimeAsync(300);
      await test.end(running, fence);
      running = call;
      fence = (await turns[index])?.fence ?? 0;
    }
    await test.end(running, fence);
    expect((await last).waitedMs).toBe(4 * 300);
  });

  it("hears by looking that the queue of others moves", async () => {
    stopTime();
    const test = setup();
    // Another engine's calls: nobody here hears of their ends.
    const calls = Array.from({ length: 4 }, () => command());
    for (const call of calls) await test.store.reserve(call);
    const mine = test.wait(command(), { patienceMs: 1_000 });
    for (const call of calls) {
      await vi.advanceTimersByTimeAsync(700);
      const answer = await test.store.reserve(call);
      if (answer.outcome === "admitted") await test.store.settle(call.id, answer.fence, settlement(1));
    }
    await vi.advanceTimersByTimeAsync(250);
    expect((await mine).outcome).toBe("admitted");
  });

  it("leaves with the signal's reason, and the next one takes its turn", async () => {
    const test = setup();
    const first = command();
    const { fence } = await test.wait(first);
    const controller = new AbortController();
    const left = rejection(test.wait(command(), { signal: controller.signal }));
    const next = command();
    const after = test.wait(next);
    controller.abort("no longer wanted");
    expect(await left).toBe("no longer wanted");
    expect(await waiting(test)).toBe(1);
    await test.end(first, fence);
    expect((await after).outcome).toBe("admitted");
  });

  it("takes no slot for a caller who left while it was given", async () => {
    const controller = new AbortController();
    const test = setup((store) => ({
      ...store,
      async reserve(wanted) {
        const answer = await store.reserve(wanted);
        controller.abort("gone");
        return answer;
      },
    }));
    expect(await rejection(test.wait(command(), { signal: controller.signal }))).toBe("gone");
    expect((await test.store.view("account", [])).running).toBe(0);
  });

  it("tells those who wait when the budget is used up, and why", async () => {
    const test = setup();
    const first = command();
    const { fence } = await test.wait(first);
    const second = rejection(test.wait());
    await test.end(first, fence, 1_000);
    const error = await second;
    expect(FatalLimitError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ code: "daily_quota", rule: "daily", resetsAt: new Date("2026-03-11T00:00:02.000Z") });
    expect((error as Error).message).toBe(
      "test tier: daily quota used up (1000 of 1000 API tokens, rule daily). It will reset at 2026-03-11T00:00:02.000Z. Take another.",
    );
    expect(error).not.toHaveProperty("retryAfterMs");
  });

  it.each([
    [60_000, "rate_limited", true],
    [60_001, "daily_quota", false],
  ])("%i ms before the reset the error is %s", async (left, code, retryable) => {
    const test = setup();
    await spend(test.store, 1_000);
    test.clock.at = Date.parse("2026-03-11T00:00:02.000Z") - left;
    const error = await rejection(test.wait());
    expect(error).toMatchObject({ code, retryable });
    if (retryable) expect(error).toMatchObject({ retryAfterMs: left });
  });

  it("waits for the end of a block that comes within its patience, to the millisecond", async () => {
    stopTime();
    const test = setup();
    await teachBlock(test.store, { until: NOON + 20_000, needsProbe: false });
    let isAdmitted = false;
    const turn = test.wait(command({ patienceMs: 20_000 })).then((answer) => {
      isAdmitted = true;
      return answer;
    });
    for (let second = 0; second < 19; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      test.clock.at += 1_000;
    }
    await vi.advanceTimersByTimeAsync(999);
    expect(isAdmitted).toBe(false);
    test.clock.at += 1_000;
    await vi.advanceTimersByTimeAsync(1);
    expect((await turn).waitedMs).toBe(20_000);
  });

  it("is refused by a full queue at once, and leaves no ticket in it", async () => {
    const test = setup();
    await test.wait(command(), { maxQueue: 1 });
    const controller = new AbortController();
    const first = rejection(test.wait(command(), { maxQueue: 1, signal: controller.signal }));
    expect(await rejection(test.wait(command(), { maxQueue: 1 }))).toMatchObject({
      code: "busy",
      message: expect.stringMatching(/1 calls wait already.*maxQueue/),
    });
    expect(await waiting(test)).toBe(1);
    controller.abort("left");
    await first;
  });

  it.each([
    ["no call of another engine", 0, 10_000],
    ["three calls of another engine", 3, 16_000],
  ])(
    "refuses a crowd for the time of those that wait, not of those that are refused as well, with %s",
    async (...row) => {
      const [, others, retryAfterMs] = row;
      stopTime();
      const test = setup();
      await test.wait(command());
      for (let index = 0; index < others; index += 1) await test.store.reserve(command());
      const controller = new AbortController();
      const { signal } = controller;
      const turns = Array.from({ length: 20 }, () => rejection(test.wait(command(), { maxQueue: 4, signal })));
      await vi.advanceTimersByTimeAsync(0);
      controller.abort("left");
      const errors = await Promise.all(turns);
      expect(errors.slice(0, 4)).toEqual(["left", "left", "left", "left"]);
      for (const error of errors.slice(4)) expect(error).toMatchObject({ code: "busy", retryAfterMs });
    },
  );

  it("serves the further requests of calls that have begun before all that wait, the earlier first", async () => {
    // No timer fires: the end of a call alone brings the next.
    stopTime();
    const test = setup();
    const running = command();
    const { fence } = await test.wait(running);
    const order: string[] = [];
    const serve = async (name: string, ahead: boolean, wanted = command()): Promise<void> => {
      const call = { ...wanted, ahead };
      const admitted = await test.wait(call);
      order.push(name);
      await test.end(call, admitted.fence);
    };
    // Those of another model wait in a line of their own.
    const perModel = { ...daily, scope: "model" } as const;
    const apart = () => command({ model: "other", windows: [perModel] });
    const all = [serve("a", false), serve("b", false, apart()), serve("c", false)];
    await vi.advanceTimersByTimeAsync(0);
    all.push(serve("part 1", true), serve("part 2", true, apart()), serve("part 3", true));
    await vi.advanceTimersByTimeAsync(0);
    await test.end(running, fence);
    await Promise.all(all);
    expect(order).toEqual(["part 1", "part 2", "part 3", "a", "b", "c"]);
    expect(await waiting(test)).toBe(0);
    expect(test.queue.size).toBe(0);
  });

  it("lets at most one other go between two parts of a call, however many wait, and all of them in the end", async () => {
    stopTime();
    const test = setup();
    const order: string[] = [];
    const serve = async (name: string, ahead: boolean): Promise<void> => {
      const call = { ...command({ windows: [] }), ahead };
      const { fence } = await test.wait(call);
      order.push(name);
      await test.end(call, fence);
    };
    const job = async (): Promise<void> => {
      for (let part = 0; part < 8; part += 1) await serve("part", part > 0);
    };
    await Promise.all([serve("other", false), job(), ...Array.from({ length: 40 }, () => serve("other", false))]);
    const parts = order.flatMap((name, index) => (name === "part" ? [index] : []));
    expect(parts).toHaveLength(8);
    expect(order).toHaveLength(49);
    for (const [index, at] of parts.entries()) expect(at - (parts[index - 1] ?? at)).toBeLessThanOrEqual(2);
  });

  it("refuses no further request of a call that has begun for a full queue, and counts it for others", async () => {
    stopTime();
    const test = setup();
    const running = command();
    const { fence } = await test.wait(running, { maxQueue: 1 });
    const part = { ...command(), ahead: true };
    const turns = [test.wait(part, { maxQueue: 1 }), test.wait({ ...command(), ahead: true }, { maxQueue: 1 })];
    await vi.advanceTimersByTimeAsync(0);
    expect(await rejection(test.wait(command(), { maxQueue: 2 }))).toMatchObject({ code: "busy" });
    expect(await waiting(test)).toBe(2);
    await test.end(running, fence);
    const next = await turns[0];
    await test.end(part, next?.fence ?? 0);
    expect((await turns[1])?.outcome).toBe("admitted");
  });

  it("passes a store's failure on, the first one", async () => {
    const test = setup((store) => ({
      ...store,
      reserve: () => Promise.reject(new Error("first")),
      cancel: () => Promise.reject(new Error("second")),
    }));
    expect(await rejection(test.wait())).toMatchObject({ message: "first" });
  });
});
