import { describe, expect, it, onTestFinished, vi } from "vitest";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { rejection } from "../testing/engine.js";
import { command, NOON, settlement, spend } from "../testing/ledger.js";
import type { LedgerStore, ReserveCommand } from "./ledger-store.js";
import { createMemoryStore } from "./memory-store.js";
import { createTurnQueue, type TurnQueue } from "./turn-queue.js";
import { waitForTurn } from "./wait-for-turn.js";

interface Setup {
  readonly store: LedgerStore;
  readonly queue: TurnQueue;
  readonly clock: { at: number };
  wait(
    wanted?: ReserveCommand,
    more?: { signal?: AbortSignal; patienceMs?: number; maxQueue?: number },
  ): ReturnType<typeof waitForTurn>;
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
    wait: (wanted = command(), { signal, patienceMs = 60_000, maxQueue = 100 } = {}) =>
      waitForTurn(wanted, {
        store,
        queue,
        signal,
        closed: closed.signal,
        patienceMs,
        maxQueue,
        tierTitle: "test tier",
        remedy: " Take another.",
        busyRule: "one_at_a_time",
      }),
    async end({ id }, fence, apiTokens = 1) {
      await store.settle(id, fence, settlement(apiTokens));
      queue.wakeNext();
    },
  };
}

/** Time passes when the test says so. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

const waiting = async ({ store }: Setup): Promise<number> => {
  return (await store.view({ account: "account", model: "", windows: [] })).waiting;
};

describe("waitForTurn", () => {
  it("is admitted at once where a place is free", async () => {
    expect(await setup().wait()).toMatchObject({ outcome: "admitted", waitedMs: 0 });
  });

  it("serves a hundred in the order they came, and leaves no ticket behind", async () => {
    const test = setup();
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, number) => {
        const call = command();
        const { fence } = await test.wait(call);
        order.push(number);
        await test.end(call, fence);
      }),
    );
    expect(order).toEqual(Array.from({ length: 100 }, (_, number) => number));
    expect(await waiting(test)).toBe(0);
  });

  it("hears of a place that comes free while it asks", async () => {
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
    // The place is given back after the second call was told to wait, and before it has heard so.
    answered = () => {
      answered = () => {};
      void test.store.settle(first.id, fence, settlement(1));
      test.queue.wakeNext();
    };
    // Polling would find the place as well, so it is stopped: only the call can wake the waiter.
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

  it("with no patience at all gives up at once, but takes a place that is free", async () => {
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

  it("takes no place for a caller who left while it was given", async () => {
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
    expect((await test.store.view({ account: "account", model: "", windows: [] })).running).toBe(0);
  });

  it("tells those who wait when the budget is spent, and why", async () => {
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

  it("passes a store's failure on, the first one", async () => {
    const test = setup((store) => ({
      ...store,
      reserve: () => Promise.reject(new Error("first")),
      cancel: () => Promise.reject(new Error("second")),
    }));
    expect(await rejection(test.wait())).toMatchObject({ message: "first" });
  });
});

describe("the turn queue", () => {
  it("wakes the first, and the next when the first leaves", async () => {
    const queue = createTurnQueue();
    const woken: string[] = [];
    const [one, other] = [queue.join(), queue.join()];
    const sleeping = [
      one.sleep(60_000, undefined).then(() => woken.push("one")),
      other.sleep(60_000, undefined).then(() => woken.push("other")),
    ];
    queue.wakeNext();
    await sleeping[0];
    expect(woken).toEqual(["one"]);
    one.leave();
    await sleeping[1];
    expect(woken).toEqual(["one", "other"]);
  });

  it("remembers a call to one that is not asleep", async () => {
    const queue = createTurnQueue();
    const turn = queue.join();
    queue.wakeNext();
    await turn.sleep(60_000, undefined);
  });

  it("does not sleep for one who has gone, and forgets its listeners", async () => {
    const queue = createTurnQueue();
    const turn = queue.join();
    await turn.sleep(60_000, AbortSignal.abort());
    await turn.sleep(1, undefined);
    queue.wakeNext();
    turn.leave();
    queue.wakeNext();
  });
});
