import { afterEach, describe, expect, it, test, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import type { LaplasEvent } from "../events.js";
import type { LedgerStore } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import type { LaplasOptions } from "../options.js";
import { readStatus } from "../status.js";
import { blockUntil, createTestContext, NOON, start, useOf } from "../testing/call.js";
import { ask, rejection } from "../testing/engine.js";
import { windowRule } from "../testing/tier.js";
import type { Rule } from "../tier/tier.js";
import type { CallEnd } from "./reservation.js";

afterEach(() => void vi.useRealTimers());

const HOUR_MS = 3_600_000;
const evidence = { source: "a test", date: "2026-01-01", status: "assumed" } as const;
const single: Rule = { id: "single", kind: "concurrency", limit: 1, evidence };
const cost = (credits: number, more: Partial<CallEnd> = {}): CallEnd => {
  return { use: useOf(credits), estimated: false, lingerMs: 0, outcome: "answered", ...more };
};

function setup(options: LaplasOptions = {}) {
  let at = NOON;
  const { context, events } = createTestContext({ now: () => at, ...options });
  return {
    context,
    events,
    begin: (fields: object = {}, signal?: AbortSignal) => start(context, { ...ask("Hello"), ...fields }, { signal }),
    status: () => readStatus(context),
    moveTo: (to: number): void => {
      at = to;
    },
  };
}
const tierOf = (...rules: Rule[]) => ({ tier: { name: "own", title: "Own tier", rules } });

const waitsIn = (events: readonly LaplasEvent[]) => events.filter((event) => event.type === "waiting");

describe("a reservation", () => {
  it("takes a slot and holds what the call may cost, until it is settled", async () => {
    const { begin, status, context } = setup();
    const { plan, reservation } = await begin();
    expect(await status()).toMatchObject({
      running: 1,
      windows: [{ used: 0, held: plan.estimate.expected.credits }],
    });
    expect(reservation).toMatchObject({ waitedMs: 0, probe: false, lost: undefined });
    expect(reservation.windows.map(({ id }) => id)).toEqual(["daily_api_tokens"]);
    expect(context.account.activeCalls.size).toBe(1);
    await reservation.settle(cost(16));
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 16, held: 0 }] });
    expect(context.account.activeCalls.size).toBe(0);
  });

  it("that is cancelled leaves nothing behind", async () => {
    const { begin, status, context } = setup();
    const { reservation } = await begin();
    await reservation.cancel();
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0, held: 0 }] });
    expect(context.account.activeCalls.size).toBe(0);
  });

  it("tells the remaining quota after a cost, less what others have used and hold", async () => {
    const { begin } = setup(tierOf(windowRule()));
    await (await begin()).reservation.settle(cost(100));
    const other = await begin();
    const { reservation } = await begin();
    expect(other.reservation.left(useOf(50))).toMatchObject([{ rule: "daily", limit: 1_000, remaining: 850 }]);
    // By now a call has cost 100, so that is what the other one holds.
    expect(reservation.left(useOf(50))).toMatchObject([{ remaining: 750 }]);
  });
});

describe("a place that is taken at once or not at all", () => {
  const call = { model: "gpt-4o-mini", estimate: { expected: useOf(20), worst: useOf(300) } };

  it("is a reservation like any other", async () => {
    const { context, status } = setup(tierOf(single, windowRule()));
    const place = await context.account.attempt(call);
    if ("outcome" in place) throw new Error("no place");
    expect(place).toMatchObject({ waitedMs: 0, probe: false });
    expect(await status()).toMatchObject({ running: 1, windows: [{ held: 20 }] });
    await place.settle(cost(16));
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 16, held: 0 }] });
    expect(context.account.activeCalls.size).toBe(0);
  });

  it("leaves nothing behind where it is not: a busy slot, a full window", async () => {
    const { context, begin, status, moveTo } = setup(tierOf(single, windowRule({ limit: 20 })));
    const { reservation } = await begin();
    expect(await context.account.attempt(call)).toEqual({ outcome: "queued", position: 0 });
    await reservation.settle(cost(20));
    const denied = await context.account.attempt(call);
    expect(denied).toMatchObject({ outcome: "denied", error: { code: "daily_quota", rule: "daily" } });
    expect(await status()).toMatchObject({ running: 0, waiting: 0 });
    expect(context.account.activeCalls.size).toBe(0);
    moveTo(Date.parse("2026-03-10T23:59:50.000Z"));
    const soon = await context.account.attempt(call);
    expect(soon).toMatchObject({ outcome: "queued", position: 0 });
    expect(soon).toHaveProperty("waitMs");
  });

  it("stands behind the calls that wait", async () => {
    const { context, begin, status } = setup(tierOf(single));
    const { reservation } = await begin();
    const waiting = context.account.reserve(call, undefined);
    await expect.poll(async () => (await status()).waiting).toBe(1);
    await reservation.cancel();
    const next = await waiting;
    expect(await context.account.attempt(call)).toEqual({ outcome: "queued", position: 0 });
    await next.cancel();
  });

  it("ends the wait for another: the ticket is given back", async () => {
    const { context, begin, status } = setup(tierOf(single));
    const { reservation } = await begin();
    const answers = [false, true];
    const found = await context.account.reserveUnless(call, undefined, {
      name: "elsewhere",
      look: async () => answers.shift() ?? false,
    });
    expect(found).toBeUndefined();
    expect(answers).toEqual([]);
    expect(await status()).toMatchObject({ running: 1, waiting: 0 });
    await reservation.cancel();
    expect(context.account.activeCalls.size).toBe(0);
  });
});

describe("a further request of a call that has begun", () => {
  const call = { model: "gpt-4o-mini", estimate: { expected: useOf(20), worst: useOf(300) } };

  it("takes the head of the queue, however full that is", async () => {
    const { begin, context, status } = setup({ ...tierOf(windowRule(), single), maxQueue: 1 });
    const { account } = context;
    const first = await begin();
    const order: string[] = [];
    const serve = async (name: string, ahead?: boolean): Promise<void> => {
      const reservation = await account.reserve(call, undefined, ahead === undefined ? {} : { ahead });
      order.push(name);
      await reservation.settle(cost(1));
    };
    const waits = async (waiting: number): Promise<void> =>
      void (await expect.poll(async () => (await status()).waiting).toBe(waiting));
    const all = [serve("other")];
    await waits(1);
    expect(await rejection(serve("refused", false))).toMatchObject({ code: "busy" });
    all.push(serve("part 2", true));
    await waits(2);
    all.push(serve("part 3", true));
    await waits(3);
    await first.reservation.settle(cost(1));
    await Promise.all(all);
    expect(order).toEqual(["part 2", "part 3", "other"]);
  });

  it("is charged like any, and held by the limits of any", async () => {
    const { context, status } = setup(tierOf(windowRule({ limit: 40 })));
    const { account } = context;
    await (await account.reserve(call, undefined, { ahead: true })).settle(cost(39));
    await (await account.reserve(call, undefined, { ahead: true })).settle(cost(5));
    expect(await status()).toMatchObject({ windows: [{ used: 44, held: 0 }] });
    expect(await rejection(account.reserve(call, undefined, { ahead: true }))).toMatchObject({ code: "daily_quota" });
  });
});

describe("what a call holds", () => {
  it("is the mean of what calls of its model have cost, estimates left out", async () => {
    const { begin, status } = setup();
    for (const settlement of [cost(10), cost(31), cost(9_999, { estimated: true })]) {
      await (await begin()).reservation.settle(settlement);
    }
    await begin();
    expect((await status()).windows[0]?.held).toBe(21);
  });

  it("is the worst case with admission: worst-case, which must fit as well", async () => {
    const worstOf = async (limit: number) => {
      const { begin, status } = setup({ ...tierOf(windowRule({ limit })), admission: "worst-case" });
      const { plan } = await begin();
      expect((await status()).windows[0]?.held).toBe(plan.estimate.worst.credits);
      return plan.estimate.worst.credits;
    };
    const worst = await worstOf(1_000_000);
    await worstOf(worst);
    expect(await rejection(worstOf(worst - 1))).toMatchObject({ code: "request_cost" });
  });
});

describe("a request that the provider answered with an error", () => {
  const failures = windowRule({ id: "failures", meter: "requests", countsFailures: true });

  it("is free, and frees its slot", async () => {
    const { begin, status } = setup(tierOf(windowRule(), windowRule({ id: "requests", meter: "requests" }), single));
    await (await begin()).reservation.waive();
    expect(await status()).toMatchObject({
      running: 0,
      windows: [
        { used: 0, held: 0 },
        { used: 0, held: 0 },
      ],
    });
  });

  it("counts where a window counts failures, and nowhere else", async () => {
    const { begin, status } = setup(
      tierOf(windowRule(), windowRule({ id: "requests", meter: "requests" }), failures, single),
    );
    await (await begin()).reservation.waive();
    expect(await status()).toMatchObject({ running: 0, windows: [{ used: 0 }, { used: 0 }, { used: 1, held: 0 }] });
  });

  it("teaches no cost, and neither opens nor closes the breaker", async () => {
    const { begin, context } = setup(tierOf(windowRule(), failures));
    const failed = cost(100, { estimated: true, outcome: "failed" });
    await (await begin()).reservation.settle(failed);
    await (await begin()).reservation.settle(failed);
    await (await begin()).reservation.waive();
    const { store, name } = await context.account.open();
    expect(await store.recentCosts(name, "gpt-4o-mini", "credits", 5)).toEqual([]);
    expect(await context.account.expectedCost("gpt-4o-mini")).toBeUndefined();
    await (await begin()).reservation.settle(failed);
    expect(await rejection(begin())).toMatchObject({ code: "unavailable" });
  });
});

describe("the calls that may run at once", () => {
  test.each<[string, Rule[], number]>([
    ["one, by its rule", [single], 1],
    [
      "the least of several rules",
      [
        { ...single, id: "three", limit: 3 },
        { ...single, limit: 2 },
        { ...single, id: "four", limit: 4 },
      ],
      2,
    ],
  ])("are %s; the next is busy under that rule", async (_, rules, most) => {
    const { begin, context } = setup({ ...tierOf(...rules), patienceMs: 0 });
    for (let calls = 0; calls < most; calls += 1) await begin();
    expect(await rejection(begin())).toMatchObject({ code: "busy", rule: "single" });
    expect(context.account.activeCalls.size).toBe(most);
  });

  it("are any number where the tier has no rule", async () => {
    const { begin, status } = setup({ ...tierOf(), patienceMs: 0 });
    for (let calls = 0; calls < 20; calls += 1) await begin();
    expect((await status()).running).toBe(20);
  });
});

describe("the windows of a call", () => {
  const requests = windowRule({ id: "requests", meter: "requests", limit: 1, scope: "model" });

  it("count all names of a model together", async () => {
    const { begin } = setup(tierOf(requests));
    await (await begin({ model: "gpt-4o-mini" })).reservation.settle(cost(16));
    expect(await rejection(begin({ model: "gpt-4o-mini-2024-07-18" }))).toMatchObject({ code: "daily_quota" });
    await begin({ model: "gpt-4" });
  });

  it("are those that bind its model, whichever name it has", async () => {
    const own = windowRule({ id: "daily_requests", meter: "requests", limit: 10, scope: "model", models: ["!gpt-4o"] });
    const { begin } = setup({ tier: { name: "own", title: "Own", extends: "playground", rules: [own] } });
    for (const [model, ids] of [
      ["gpt-4o-2024-08-06", ["daily_api_tokens"]],
      ["gpt-4", ["daily_api_tokens", "daily_requests"]],
    ] as const) {
      const { reservation } = await begin({ model });
      expect(reservation.windows.map(({ id }) => id)).toEqual(ids);
      await reservation.cancel();
    }
  });

  it("of a day that is used up deny it, and the error names a model that costs nothing and that no window stops", async () => {
    const { catalog } = createTestContext().context.options;
    const free = catalog.models.filter((model) => model.modality === "chat" && model.hello?.input === 0);
    const [, second] = free;
    expect(free.length).toBeGreaterThan(2);
    const { begin, context } = setup(tierOf(windowRule({ limit: 1, scope: "pool", models: [`!${second?.id}`] })));
    await (await begin()).reservation.settle(cost(1));
    const error = (await rejection(begin())) as Error;
    expect(error).toMatchObject({ code: "daily_quota", rule: "daily" });
    expect(error.message).toMatch(new RegExp(`To make a budget last: ${second?.id} costs 0\\.$`));
    await begin({ model: second?.id ?? "" });
    expect(context.account.activeCalls.size).toBe(1);
  });

  test.each<[string, ...Rule[]]>([
    ["requests are what is counted", windowRule({ limit: 1, meter: "requests", scope: "pool", models: ["text-*"] })],
    ["model tokens are what is counted", windowRule({ limit: 1, meter: "tokens", scope: "pool", models: ["text-*"] })],
    ["the window that is full stops them all", windowRule({ limit: 1 })],
    [
      "those that it does not stop another may stop",
      windowRule({ limit: 1, scope: "pool", models: ["text-*"] }),
      windowRule({ id: "each", meter: "requests", scope: "model" }),
    ],
    [
      "the tier has none of them",
      windowRule({ limit: 1, scope: "pool", models: ["text-*"] }),
      { id: "kinds", kind: "allowedModalities", modalities: ["embedding"], evidence },
    ],
  ])("name no model where %s", async (_, ...rules) => {
    const { begin } = setup(tierOf(...rules));
    const fields = { model: "text-embedding-3-small", input: "a", messages: undefined };
    await (await begin(fields)).reservation.settle(cost(1, { use: useOf(1, { tokens: 1 }) }));
    const error = (await rejection(begin(fields))) as Error;
    expect(error).toMatchObject({ code: "daily_quota" });
    expect(error.message).toMatch(/It will reset at \S+\.$/);
  });
});

describe("waiting", () => {
  it("ends with the settlement of the call before", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const { begin, status } = setup(tierOf(single));
    const first = await begin();
    const second = begin();
    await vi.advanceTimersByTimeAsync(300);
    expect(await status()).toMatchObject({ running: 1, waiting: 1 });
    await first.reservation.settle(cost(16));
    expect((await second).reservation.waitedMs).toBe(300);
    expect(await status()).toMatchObject({ running: 1, waiting: 0 });
  });

  it("that is aborted leaves nothing behind", async () => {
    const { begin, status, context, events } = setup(tierOf(single));
    await begin();
    const controller = new AbortController();
    const second = rejection(begin({}, controller.signal));
    controller.abort("left");
    expect(await second).toBe("left");
    expect(await status()).toMatchObject({ running: 1, waiting: 0 });
    expect(context.account.activeCalls.size).toBe(1);
    expect(waitsIn(events).at(-1)?.state).not.toBe("waits");
  });

  it("is told: for what, until when, behind how many, and its end", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"], now: NOON });
    const minute = windowRule({ id: "rpm", meter: "requests", limit: 1, period: { type: "minute" }, marginMs: 0 });
    const { begin, events } = setup({ ...tierOf(minute), now: () => Date.now(), patienceMs: 150_000 });
    await (await begin()).reservation.settle(cost(1));
    await vi.advanceTimersByTimeAsync(10_000);
    const [second, third] = [begin(), begin({ model: "gpt-4" })];
    await vi.advanceTimersByTimeAsync(0);
    const told = () => waitsIn(events);
    const full = { rule: "rpm", used: 1, limit: 1, unit: "requests" };
    const waits = { type: "waiting", state: "waits", at: new Date(NOON + 10_000), provider: "laplas", full };
    const id = expect.any(String);
    expect(told()).toEqual([
      { ...waits, id, model: "gpt-4o-mini", position: 0, until: new Date(NOON + 60_000) },
      { ...waits, id, model: "gpt-4", position: 1, until: new Date(NOON + 120_000) },
    ]);
    // It looks each second, and hears the same.
    await vi.advanceTimersByTimeAsync(49_000);
    expect(told()).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    await (await second).reservation.settle(cost(1));
    expect(told()[2]).toMatchObject({ state: "over", id: told()[0]?.id, model: "gpt-4o-mini" });
    await vi.advanceTimersByTimeAsync(60_000);
    await third;
    expect(told().at(-1)).toMatchObject({ state: "over", id: told()[1]?.id, model: "gpt-4" });
  });

  it("is not told of a call that need not wait", async () => {
    const { begin, events } = setup(tierOf(single));
    await (await begin()).reservation.settle(cost(1));
    expect(events).toEqual([]);
  });
});

describe("the first call after an assumed reset", () => {
  async function blocked(options: LaplasOptions = {}) {
    const setUp = setup(options);
    const { context } = setUp;
    const { store, name: account } = await context.account.open();
    await store.teach(account, [{ kind: "block", ...blockUntil(NOON) }]);
    await context.account.learnedReset.refused(NOON - 1);
    return setUp;
  }
  const ofType = ({ events }: { events: readonly { type: string }[] }, type: string) =>
    events.filter((event) => event.type === type);

  it("is a probe, and is reported as one", async () => {
    const setUp = await blocked();
    const { reservation } = await setUp.begin();
    expect(reservation.probe).toBe(true);
    expect(ofType(setUp, "probe")).toEqual([{ type: "probe", at: new Date(NOON), model: "gpt-4o-mini" }]);
  });

  it.each([
    ["that shows a budget teaches the hour of the reset", cost(16), [12]],
    ["that shows none teaches nothing", cost(16, { outcome: "other" }), []],
  ])("%s", async (_, settlement, hours) => {
    const setUp = await blocked();
    await (await setUp.begin()).reservation.settle(settlement);
    expect(ofType(setUp, "reset-learned")).toEqual(
      hours.map((resetHour) => ({ type: "reset-learned", at: new Date(NOON), resetHour })),
    );
  });

  it("may teach that the day begins at midnight", async () => {
    const setUp = await blocked();
    const midnight = Date.parse("2026-03-11T00:00:00.000Z");
    await setUp.context.account.learnedReset.refused(midnight - 1);
    setUp.moveTo(midnight);
    await (await setUp.begin()).reservation.settle(cost(16));
    expect(ofType(setUp, "reset-learned")).toMatchObject([{ resetHour: 0 }]);
  });

  it("is settled even if the ledger can't tell when the last probe was", async () => {
    const memory = createMemoryStore({ now: () => NOON });
    let isFailing = false;
    const learned: LedgerStore["learned"] = async (account, key) => {
      if (isFailing) throw new LedgerError("disk I/O error");
      return memory.learned(account, key);
    };
    const setUp = await blocked({ ledger: { ...memory, learned } });
    const { reservation } = await setUp.begin();
    isFailing = true;
    await reservation.settle(cost(16));
    isFailing = false;
    expect(await setUp.status()).toMatchObject({ running: 0, windows: [{ used: 16 }] });
    expect(ofType(setUp, "warning")).toMatchObject([{ message: "disk I/O error" }]);
  });

  it("no other call is", async () => {
    const setUp = setup();
    const { reservation } = await setUp.begin();
    await setUp.context.account.learnedReset.refused(NOON - 1);
    await reservation.settle(cost(16));
    expect(setUp.events).toEqual([]);
  });
});

describe("an upstream that does not answer", () => {
  const failed = cost(100, { estimated: true, outcome: "failed" });

  /** Three calls in a row have failed, each charged its estimate. */
  async function broken() {
    const setUp = setup();
    for (let calls = 0; calls < 3; calls += 1) {
      const { reservation } = await setUp.begin();
      expect(await reservation.settle(failed)).toEqual(useOf(100));
    }
    return setUp;
  }

  it("closes the account for all calls, which hear when it is tried again", async () => {
    const { begin } = await broken();
    expect(await rejection(begin({ model: "gpt-4" }))).toMatchObject({
      name: "UpstreamError",
      code: "unavailable",
      retryAfterMs: 5_000,
    });
  });

  it("is tried by one call, which costs nothing unless it is answered", async () => {
    const { begin, status, moveTo } = await broken();
    moveTo(NOON + 5_000);
    const first = await begin();
    expect(first.reservation.probe).toBe(true);
    expect(await first.reservation.settle(failed)).toEqual(useOf(0));
    expect((await status()).windows).toMatchObject([{ used: 300, held: 0 }]);
    expect(await rejection(begin())).toMatchObject({ code: "unavailable", retryAfterMs: 10_000 });
    moveTo(NOON + 15_000);
    const second = await begin();
    expect(await second.reservation.settle(cost(16))).toEqual(useOf(16));
    expect((await status()).windows).toMatchObject([{ used: 316 }]);
    expect((await begin()).reservation.probe).toBe(false);
  });

  it("teaches no reset when it answers again", async () => {
    const { begin, moveTo, context, events } = await broken();
    await context.account.learnedReset.refused(NOON - 1);
    moveTo(NOON + 5_000);
    await (await begin()).reservation.settle(cost(16));
    expect(events.map(({ type }) => type)).toEqual(["breaker", "probe", "breaker"]);
  });
});

describe("the clock of a reservation", () => {
  test.each([
    [0, 0],
    [999, 0],
    [-999, 0],
    [1_000, 1_000],
    [-HOUR_MS, -HOUR_MS],
  ])("with a ledger whose clock is %i ms ahead is %i ms ahead", async (skewMs, expected) => {
    let at = NOON;
    const ledger = createMemoryStore({ now: () => at + skewMs });
    const { context } = createTestContext({ ledger, now: () => at });
    const { reservation } = await start(context, ask("Hello"));
    expect(reservation.now()).toBe(NOON + expected);
    at += 5_000;
    expect(reservation.now()).toBe(NOON + 5_000 + expected);
  });
});

describe("a ledger that fails at the end of a call", () => {
  it.each(["settle", "cancel"] as const)("is tried again to %s, and the slot is kept until then", async (step) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const memory = createMemoryStore({ now: () => NOON });
    let failures = 2;
    const failing = async (): Promise<void> => {
      failures -= 1;
      if (failures >= 0) throw new LedgerError("no space left on device");
    };
    const ledger: LedgerStore = {
      ...memory,
      settle: async (...call) => failing().then(() => memory.settle(...call)),
      cancel: async (id) => failing().then(() => memory.cancel(id)),
    };
    const { begin, status, context, events } = setup({ ledger });
    const { reservation } = await begin();
    await (step === "settle" ? reservation.settle(cost(16)) : reservation.cancel());
    expect(events).toMatchObject([{ type: "warning", message: "no space left on device" }]);
    expect([context.account.activeCalls.size, (await status()).running]).toEqual([1, 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([context.account.activeCalls.size, (await status()).running]).toEqual([0, 0]);
    expect(events).toHaveLength(1);
  });
});

describe("a slot in a ledger that others share", () => {
  async function shared(settle?: LedgerStore["settle"]) {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance"] });
    const memory = createMemoryStore({ now: () => NOON });
    const beats: string[][] = [];
    const ledger: LedgerStore = {
      ...memory,
      shared: true,
      async heartbeat(_, leases) {
        beats.push(leases.map(({ id }) => id));
        return isLost ? [...leases] : [];
      },
      settle: settle ?? memory.settle,
    };
    let isLost = false;
    const setUp = setup({ ledger });
    const { reservation } = await setUp.begin();
    const lose = (): void => {
      isLost = true;
    };
    return { ...setUp, memory, reservation, beats, lose };
  }

  it("gets signs of its holder until the call ends", async () => {
    const { reservation, beats } = await shared();
    expect(reservation.lost?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(beats.map(({ length }) => length)).toEqual([1, 1]);
    await reservation.settle(cost(16));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beats).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gets none after the call is cancelled", async () => {
    const { reservation } = await shared();
    await reservation.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gets them until the settlement is written, however long the ledger fails", async () => {
    let isFull = true;
    let written = (): void => {};
    const { reservation, beats } = await shared(async () => {
      if (isFull) throw new LedgerError("no space left on device");
      written();
      return true;
    });
    await reservation.settle(cost(16));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(beats.map(({ length }) => length)).toEqual(Array(6).fill(1));
    const isWritten = new Promise<void>((resolve) => {
      written = resolve;
    });
    isFull = false;
    await vi.advanceTimersByTimeAsync(5_000);
    await isWritten;
    const sent = beats.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect([beats.length, vi.getTimerCount()]).toEqual([sent, 0]);
  });

  it("is lost with the first sign that the ledger does not take", async () => {
    const { reservation, lose } = await shared();
    lose();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(LedgerError.isInstance(reservation.lost?.reason)).toBe(true);
  });

  it("gets signs while the call waits, and none when it has given up", async () => {
    const { begin, beats, reservation } = await shared();
    const controller = new AbortController();
    const waiting = rejection(begin({}, controller.signal));
    await reservation.settle(cost(16, { lingerMs: 10_000 }));
    await vi.advanceTimersByTimeAsync(5_000);
    expect(beats).toEqual([[]]);
    controller.abort("left");
    expect(await waiting).toBe("left");
    expect(vi.getTimerCount()).toBe(0);
  });
});
