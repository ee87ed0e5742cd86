import { beforeEach, describe, expect, it, test } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import {
  admitted,
  block,
  claimsOf,
  command,
  DAY_MS,
  daily,
  holds,
  NOON,
  settlement,
  spend,
  storesToTest,
  type TestClock,
  teachBlock,
  teachCount,
  teachUse,
  teachValue,
} from "../testing/ledger.js";
import { BREAKER, type LedgerStore } from "./ledger-store.js";

const STORES = storesToTest();

const MIDNIGHT = Date.parse("2026-03-11T00:00:00.000Z");
const HOUR_MS = 3_600_000;
const rolling = { ...daily, id: "rolling", period: { type: "rolling", spanMs: HOUR_MS } } as const;
const requests = { ...daily, id: "requests", meter: "requests", limit: 3 } as const;

describe.each(Object.entries(STORES))("the %s store", (name, open) => {
  let clock: TestClock;
  let store: LedgerStore;
  beforeEach(async () => {
    clock = { at: NOON };
    store = await open(clock);
  });

  const use = async (windows = [daily as typeof daily], model = "gpt-4o-mini") =>
    await store.view("account", claimsOf(windows, model));

  it("tells its name", () => expect(store.name).toBe(name));

  describe("admission", () => {
    test.each([
      [999, "admitted"],
      [999.5, "admitted"],
      [1_000, "denied"],
      [1_500, "denied"],
    ])("with %d of 1,000 used a call is %s", async (used, outcome) => {
      await spend(store, used);
      expect(await store.reserve(command())).toMatchObject({ outcome });
    });

    it("tells a denied call what is used, of how much, under which rule, until when", async () => {
      await spend(store, 1_200);
      expect(await store.reserve(command())).toEqual({
        outcome: "denied",
        reason: "window",
        code: "daily_quota",
        rule: "daily",
        used: 1_200,
        limit: 1_000,
        bucket: "credits",
        resetsAt: MIDNIGHT + 2_000,
        now: NOON,
      });
    });

    it("tells an admitted call what was used and held before it", async () => {
      await spend(store, 300);
      await admitted(store, command({ concurrency: null, heldApiTokens: 50 }));
      expect((await admitted(store, command({ concurrency: null }))).used).toEqual([350]);
    });

    test.each([
      [800, 100, "admitted"],
      [801, 100, "queued"],
      [899, 0, "admitted"],
      [900, 0, "queued"],
    ])("with %d used and 100 held by another a call that holds %d is %s", async (used, heldApiTokens, outcome) => {
      await spend(store, used);
      await admitted(store, command({ concurrency: null, heldApiTokens: 100 }));
      expect(await store.reserve(command({ concurrency: null, heldApiTokens }))).toMatchObject({ outcome });
    });

    it("lets the call that goes over the limit go once it is alone, before smaller ones that came later", async () => {
      await spend(store, 850);
      const other = command({ concurrency: null, heldApiTokens: 100 });
      const { fence } = await admitted(store, other);
      const [large, small] = [command({ concurrency: null }), command({ concurrency: null, heldApiTokens: 1 })];
      for (const call of [large, small]) expect(await store.reserve(call)).toMatchObject({ outcome: "queued" });
      await store.settle(other.id, fence, settlement(100));
      expect(await store.reserve(small)).toMatchObject({ outcome: "queued" });
      await admitted(store, large);
      expect(await store.reserve(small)).toMatchObject({ outcome: "queued" });
    });

    test.each([
      [900, 100, "admitted"],
      [900, 100.5, "denied"],
      [0, 1_000, "admitted"],
      [999, 0, "admitted"],
      [1_000, 0, "denied"],
    ])("in worst mode with %d used, one that may cost %d is %s", async (used, heldApiTokens, outcome) => {
      await spend(store, used);
      expect(await store.reserve(command({ heldApiTokens, countOwnHold: true }))).toMatchObject({ outcome });
    });

    it("in worst mode never admits what an empty day can't hold", async () => {
      const answer = await store.reserve(command({ heldApiTokens: 1_001, countOwnHold: true }));
      expect(answer).toMatchObject({ outcome: "denied", reason: "cost", code: "request_cost" });
    });

    it("in worst mode waits for what others hold, since they may cost less", async () => {
      const first = command({ heldApiTokens: 600, countOwnHold: true, concurrency: null });
      const { fence } = await admitted(store, first);
      const second = command({ heldApiTokens: 600, countOwnHold: true, concurrency: null });
      expect(await store.reserve(second)).toMatchObject({ outcome: "queued" });
      await store.settle(first.id, fence, settlement(400));
      expect(await store.reserve(second)).toMatchObject({ outcome: "admitted" });
    });

    it("asks nothing of windows where the tier has none", async () => {
      await spend(store, 1e9, { windows: [] });
      expect((await admitted(store, command({ windows: [] }))).used).toEqual([]);
    });

    it("keeps accounts apart", async () => {
      await spend(store, 1_000);
      await admitted(store, command({ account: "other" }));
      expect((await use()).running).toBe(0);
    });

    test.each([1, 2, 5])("runs %i at once and not one more", async (concurrency) => {
      const calls = Array.from({ length: concurrency + 1 }, () => command({ concurrency, heldApiTokens: 1 }));
      const outcomes: string[] = [];
      for (const call of calls) outcomes.push((await store.reserve(call)).outcome);
      expect(outcomes).toEqual([...Array(concurrency).fill("admitted"), "queued"]);
      expect(await use()).toMatchObject({ running: concurrency, waiting: 1 });
    });

    it("admits any number at once where nothing limits them", async () => {
      for (let index = 0; index < 20; index += 1) await admitted(store, command({ concurrency: null, windows: [] }));
      expect(await use()).toMatchObject({ running: 20, waiting: 0 });
    });
  });

  describe("the queue", () => {
    it("tells each its ticket, which grow in the order in which they stand and stay while it waits", async () => {
      await admitted(store, command());
      const waiting = [command(), command(), command()];
      const ticketOf = async (call: (typeof waiting)[number]): Promise<number> => {
        const answer = await store.reserve(call);
        return answer.outcome === "queued" ? (answer.ticket ?? Number.NaN) : Number.NaN;
      };
      const tickets: number[] = [];
      for (const call of waiting) tickets.push(await ticketOf(call));
      expect(tickets).toEqual([...new Set(tickets)].toSorted((one, other) => one - other));
      for (const [index, call] of waiting.entries()) expect(await ticketOf(call)).toBe(tickets[index]);
      expect(await store.reserve(command(), { ticket: false })).not.toHaveProperty("ticket");
      expect(await store.peek(command())).not.toHaveProperty("ticket");
    });

    it("is first come, first served", async () => {
      const first = command();
      let { fence } = await admitted(store, first);
      let current = first;
      const waiting = Array.from({ length: 4 }, () => command());
      for (const [place, call] of waiting.entries()) {
        expect(await store.reserve(call)).toMatchObject({ outcome: "queued", position: place });
      }
      while (waiting.length > 0) {
        await store.settle(current.id, fence, settlement(1));
        // Those behind ask first, and a newcomer: neither may pass.
        for (const call of waiting.slice(1).toReversed()) {
          expect(await store.reserve(call)).toMatchObject({ outcome: "queued" });
        }
        expect(await store.reserve({ ...command(), id: "newcomer" })).toMatchObject({ outcome: "queued" });
        await store.cancel("newcomer");
        const next = waiting.shift();
        if (next === undefined) break;
        current = next;
        fence = (await admitted(store, next)).fence;
      }
    });

    it("has the further requests of calls that have begun before all others, the earlier first", async () => {
      const running = command();
      const { fence } = await admitted(store, running);
      const [one, other] = [command(), command()];
      const [second, third] = [
        { ...command(), ahead: true },
        { ...command(), ahead: true },
      ];
      const order: [typeof one, number][] = [];
      order.push([one, 0], [second, 0], [other, 2], [third, 1]);
      for (const [call, position] of order) expect(await store.reserve(call)).toMatchObject({ position });
      const turns = [second, third, one, other];
      const tickets: number[] = [];
      for (const [position, call] of turns.entries()) {
        const answer = await store.reserve(call);
        expect(answer).toMatchObject({ outcome: "queued", position });
        if (answer.outcome === "queued") tickets.push(answer.ticket ?? Number.NaN);
      }
      expect(tickets).toEqual([...new Set(tickets)].toSorted((a, b) => a - b));
      expect(await store.peek({ ...command(), ahead: true })).toMatchObject({ position: 2 });
      expect(await store.reserve({ ...command(), ahead: true }, { ticket: false })).toMatchObject({ position: 2 });
      expect((await use()).waiting).toBe(4);

      await store.settle(running.id, fence, settlement(1));
      for (const [index, call] of turns.entries()) {
        for (const later of turns.slice(index + 1)) expect((await store.reserve(later)).outcome).toBe("queued");
        const next = await admitted(store, call);
        expect(await use()).toMatchObject({
          running: 1,
          waiting: 3 - index,
          windows: [{ used: 1 + index, held: 100 }],
        });
        await store.settle(call.id, next.fence, settlement(1));
      }
    });

    it("tells who waits in the order of their turns, those that stand ahead first", async () => {
      await admitted(store, command());
      const models = { a: false, b: true, c: false, d: true };
      for (const [model, ahead] of Object.entries(models)) await store.reserve({ ...command({ model }), ahead });
      const waiting = (await store.liveCalls("account", 9)).slice(1).map(({ label }) => label);
      expect(waiting).toEqual(["b", "d", "a", "c"]);
    });

    it("closes up when one that stands ahead leaves it, and the next that does stands ahead again", async () => {
      await admitted(store, command());
      const waiting = command();
      const ahead = { ...command(), ahead: true };
      for (const call of [waiting, ahead]) await store.reserve(call);
      expect(await store.reserve(waiting)).toMatchObject({ position: 1 });
      await store.cancel(ahead.id);
      expect(await store.reserve(waiting)).toMatchObject({ position: 0 });
      expect(await store.reserve({ ...command(), ahead: true })).toMatchObject({ position: 0 });
      expect(await store.reserve(waiting)).toMatchObject({ position: 1 });
    });

    it("counts what those that stand ahead hold for all behind them, also where they came earlier", async () => {
      const free = { concurrency: null, heldApiTokens: 300, countOwnHold: true };
      const running = command({ ...free, heldApiTokens: 600 });
      const { fence } = await admitted(store, running);
      const [big, small] = [command({ ...free, heldApiTokens: 700 }), command({ ...free, heldApiTokens: 50 })];
      const ahead = { ...command({ ...free, heldApiTokens: 500 }), ahead: true };
      // The small one would fit, but for those before it.
      for (const call of [big, small, ahead]) expect((await store.reserve(call)).outcome).toBe("queued");
      await store.settle(running.id, fence, settlement(200));
      expect((await store.reserve(small)).outcome).toBe("queued");
      expect((await store.reserve(big)).outcome).toBe("queued");
      const { fence: next } = await admitted(store, ahead);
      expect((await store.reserve(big)).outcome).toBe("queued");
      await store.settle(ahead.id, next, settlement(100));
      expect((await store.reserve(small)).outcome).toBe("queued");
      await admitted(store, big);
      expect((await store.reserve(small)).outcome).toBe("queued");
    });

    it("has room for one that stands ahead beside what those behind it hold, and for no more than the limit", async () => {
      const free = { concurrency: null, countOwnHold: true };
      const of = (heldApiTokens: number) => command({ ...free, heldApiTokens });
      await admitted(store, of(600));
      expect((await store.reserve(of(500))).outcome).toBe("queued");
      const tooMuch = { ...of(401), ahead: true };
      expect((await store.reserve(tooMuch)).outcome).toBe("queued");
      await store.cancel(tooMuch.id);
      expect((await store.reserve(of(400))).outcome).toBe("queued");
      await admitted(store, { ...of(400), ahead: true });
    });

    it("has those that stand ahead first in the slots they share, whatever their buckets, and nowhere else", async () => {
      const perModel = { ...daily, scope: "model" } as never;
      const of = (model: string, concurrency: number | null = 1) =>
        command({ model, windows: [perModel], concurrency });
      const running = of("a");
      const { fence } = await admitted(store, running);
      const [plain, ahead] = [of("b"), { ...of("a"), ahead: true }];
      for (const call of [plain, ahead]) await store.reserve(call);
      const apart = { ...command({ model: "c", windows: [], concurrency: null }), buckets: [] };
      await admitted(store, apart);
      await store.settle(running.id, fence, settlement(1));
      expect(await store.reserve(plain)).toMatchObject({ outcome: "queued", position: 1 });
      await admitted(store, ahead);
    });

    it("keeps no slot busy for one that stands ahead and waits for its window", async () => {
      const perMinute = { ...daily, id: "minute", marginMs: 0, scope: "model", meter: "requests", limit: 1 } as const;
      const windows = [{ ...perMinute, period: { type: "minute" } }] as never[];
      await spend(store, 1, { model: "a", windows });
      const ahead = { ...command({ model: "a", windows, patienceMs: 200_000 }), ahead: true };
      expect(await store.reserve(ahead)).toMatchObject({ readyAt: NOON + 60_000, position: 0 });
      await admitted(store, command({ model: "b", windows }));
    });

    it("names what holds up the call that waits: the window that passes last, or a block", async () => {
      const perMinute = { ...daily, id: "minute", marginMs: 0, scope: "model", meter: "requests", limit: 2 } as const;
      const windows = [{ ...perMinute, period: { type: "minute" } }] as never[];
      const call = command({ model: "a", windows, patienceMs: 200_000 });
      await spend(store, 1, { model: "a", windows });
      const running = await admitted(store, command({ model: "a", windows }));
      expect(running.outcome).toBe("admitted");
      expect(await store.reserve(call)).toMatchObject({ full: { rule: "minute", used: 2, limit: 2 } });
      const [scope = ""] = call.scopes;
      const until = NOON + 90_000;
      const block = { name: scope, until, longestMs: 100_000, code: "hourly_quota", rule: "of_server" } as const;
      await store.teach(call.account, [{ kind: "block", ...block, needsProbe: false }]);
      const full = { rule: "of_server", used: 0, limit: 0 };
      expect(await store.reserve(call)).toMatchObject({ readyAt: until, full });
      expect(await store.peek(call)).toMatchObject({ full });
    });

    it("names nothing where a call waits for the end of others", async () => {
      await admitted(store, command());
      expect(await store.reserve(command())).not.toHaveProperty("full");
    });

    it("closes up when one leaves it", async () => {
      await admitted(store, command());
      const [first, second] = [command(), command()];
      await store.reserve(first);
      expect(await store.reserve(second)).toMatchObject({ position: 1 });
      await store.cancel(first.id);
      expect(await store.reserve(second)).toMatchObject({ position: 0 });
      expect((await use()).waiting).toBe(1);
    });

    it("is not joined by a call that is denied, and left by one that is denied later", async () => {
      const running = command();
      const { fence } = await admitted(store, running);
      const waiting = command();
      await store.reserve(waiting);
      await store.settle(running.id, fence, settlement(1_000));
      expect(await store.reserve(waiting)).toMatchObject({ outcome: "denied" });
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied" });
      expect(await use()).toMatchObject({ waiting: 0, running: 0 });
    });

    it("has denials before it: a spent budget is told at once", async () => {
      await spend(store, 1_000);
      await admitted(store, command({ windows: [] }));
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied" });
    });

    it("is seen moving by those who wait, whether the one before was answered or failed", async () => {
      let running = command();
      let { fence } = await admitted(store, running);
      const waiting = Array.from({ length: 6 }, () => command());
      for (const call of waiting) await store.reserve(call);
      const last = waiting.at(-1) ?? command();
      const movements: string[] = [];
      for (const [index, next] of waiting.slice(0, -1).entries()) {
        const answer = await store.reserve(last);
        if (answer.outcome === "queued") movements.push(answer.movement);
        if (index % 2 === 0) await store.cancel(running.id);
        else await store.settle(running.id, fence, settlement(1));
        running = next;
        fence = (await admitted(store, next)).fence;
      }
      expect(movements).toHaveLength(5);
      expect(new Set(movements).size).toBe(5);
    });

    it("stands still for those who ask again and again", async () => {
      await admitted(store, command());
      const waiting = command();
      const first = await store.reserve(waiting);
      clock.at += 60_000;
      expect(await store.reserve(waiting)).toEqual({ ...first, now: clock.at });
    });
  });

  describe("the calls that have not ended", () => {
    it("are told with their model and since when: those that run, then those that wait in their order", async () => {
      const first = command({ model: "a" });
      const { fence } = await admitted(store, first);
      const waiting = [command({ model: "b" }), command({ model: "c" })];
      for (const call of waiting) {
        clock.at += 10;
        await store.reserve(call);
      }
      expect(await store.liveCalls("account", 9)).toEqual([
        { label: "a", state: "running", since: NOON },
        { label: "b", state: "waiting", since: NOON + 10 },
        { label: "c", state: "waiting", since: NOON + 20 },
      ]);
      expect(await store.liveCalls("account", 2)).toHaveLength(2);
      await store.settle(first.id, fence, settlement(1));
      await admitted(store, waiting[0] ?? first);
      expect(await store.liveCalls("account", 9)).toMatchObject([
        { label: "b", state: "running", since: NOON + 20 },
        { label: "c", state: "waiting" },
      ]);
      expect(await store.liveCalls("other", 9)).toEqual([]);
    });
  });

  describe("what the server taught", () => {
    it("is kept by account and key, the newest value", async () => {
      expect(await store.learned("account", "hour")).toBeNull();
      await teachValue(store, "hour", 5);
      await teachValue(store, "hour", 0);
      await teachValue(store, "price", 1_773_144_000_123.5);
      expect(await store.learned("account", "hour")).toBe(0);
      expect(await store.learned("account", "price")).toBe(1_773_144_000_123.5);
      expect(await store.learned("other", "hour")).toBeNull();
    });

    it("is counted, also of many that count at once, by account and key", async () => {
      expect(await store.learned("account", "asked")).toBeNull();
      await Promise.all(Array.from({ length: 40 }, (_, index) => teachCount(store, "asked", index % 3)));
      expect(await store.learned("account", "asked")).toBe(39);
      await store.teach(
        "account",
        [1, 2, 3].map((by) => ({ kind: "count", key: "asked", by })),
      );
      expect(await store.learned("account", "asked")).toBe(45);
      for (const other of ["never", "asked too"]) expect(await store.learned("account", other)).toBeNull();
      expect(await store.learned("other", "asked")).toBeNull();
    });

    it("is counted from nothing, and from a value that was taught", async () => {
      await teachCount(store, "none", 0);
      expect(await store.learned("account", "none")).toBe(0);
      await teachValue(store, "value", 0.5);
      await teachCount(store, "value", 2);
      expect(await store.learned("account", "value")).toBe(2.5);
      await teachValue(store, "value", 0);
      expect(await store.learned("account", "value")).toBe(0);
    });

    it("is counted up to the largest safe integer, in whole numbers and never back", async () => {
      for (const by of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) await teachCount(store, "asked", by);
      expect(await store.learned("account", "asked")).toBeNull();
      await teachCount(store, "asked", Number.MAX_SAFE_INTEGER - 1);
      for (const counted of [0, 1, 1, Number.MAX_SAFE_INTEGER].map((by) => teachCount(store, "asked", by)))
        await counted;
      expect(await store.learned("account", "asked")).toBe(Number.MAX_SAFE_INTEGER);
    });
  });

  describe("the server's own count of a window", () => {
    const every = [daily, rolling, requests] as never[];
    const usedIn = async (windows = every) => (await use(windows)).windows.map(({ used }) => used);
    const free = { windows: every, concurrency: null };

    it("above what is charged and held was used elsewhere: it counts in each window over the bucket, and as no call", async () => {
      await spend(store, 300, free);
      const { fence } = await admitted(store, command(free));
      const before = await use(every);
      await teachUse(store, daily, 450, fence);
      const after = await use(every);
      expect(after.windows.map(({ used }) => used)).toEqual([350, 350, 1]);
      expect(after).toMatchObject({ running: 1, waiting: 0, windows: [{ held: 100 }, { held: 100 }, { held: 1 }] });
      expect({ ...after, windows: [] }).toEqual({ ...before, windows: [] });
      expect(await store.liveCalls("account", 9)).toHaveLength(1);
      for (const label of ["gpt-4o-mini", ""])
        expect(await store.recentCosts("account", label, "credits", 9)).toEqual(label === "" ? [] : [300]);
      expect(await admitted(store, command(free))).toMatchObject({ used: [450, 450, 2] });
      const costly = command({ windows: [daily], countOwnHold: true, heldApiTokens: 651 });
      expect(await store.reserve(costly)).toMatchObject({ outcome: "denied", reason: "window", used: 350 });
    });

    it("is known where calls that run make up for it", async () => {
      await spend(store, 300, free);
      const call = command(free);
      const { fence } = await admitted(store, call);
      for (const used of [400, 399, 300]) {
        await teachUse(store, daily, used, fence);
        expect(await usedIn()).toEqual([300, 300, 1]);
      }
      // What the call is charged in the end is not charged twice.
      await store.settle(call.id, fence, settlement(90));
      await teachUse(store, daily, 390, fence);
      expect(await usedIn()).toEqual([390, 390, 2]);
    });

    it("below what is charged is believed of a call that is alone, while it runs and after it", async () => {
      await spend(store, 300, free);
      const call = command(free);
      const { fence } = await admitted(store, call);
      await teachUse(store, daily, 120, fence);
      expect((await use(every)).windows).toMatchObject([
        { used: 120, held: 100 },
        { used: 120, held: 100 },
        { used: 1, held: 1 },
      ]);
      await store.settle(call.id, fence, settlement(80, { lingerMs: 5_000 }));
      await teachUse(store, daily, 150, fence);
      expect(await usedIn()).toEqual([150, 150, 2]);
      await teachUse(store, requests as never, 0, fence);
      expect(await usedIn()).toEqual([150, 150, 0]);
    });

    it.each(["end", "start"] as const)(
      "below what is charged is not believed while another call of the bucket runs, or may: counted from the %s",
      async (countFrom) => {
        const own = command({ ...free, countFrom });
        const { fence } = await admitted(store, own);
        const other = command({ ...free, countFrom });
        const { fence: newer } = await admitted(store, other);
        await store.settle(own.id, fence, settlement(500));
        const [used] = await usedIn();
        await teachUse(store, daily, 10, fence);
        expect(await usedIn()).toContain(used);
        await store.settle(other.id, newer, settlement(100, { lingerMs: 5_000 }));
        await teachUse(store, daily, 10, fence);
        expect((await usedIn())[0]).toBe(600);
        clock.at += 5_000;
        await teachUse(store, daily, 10, fence);
        expect((await usedIn())[0]).toBe(10);
      },
    );

    it("below what is charged is believed of the call that is left when others have ended", async () => {
      const first = command(free);
      const { fence } = await admitted(store, first);
      const { fence: newer } = await admitted(store, command(free));
      await store.settle(first.id, fence, settlement(500));
      await teachUse(store, daily, 10, newer);
      expect((await use(every)).windows[0]).toMatchObject({ used: 10, held: 100 });
    });

    it("below what is charged is believed beside calls of other buckets, and beside calls that wait", async () => {
      const perModel = { ...requests, scope: "model" } as never;
      const of = (model: string) => command({ model, windows: [perModel], concurrency: 2 });
      for (let calls = 0; calls < 2; calls += 1) await spend(store, 0, { windows: [perModel], model: "a" });
      const { fence } = await admitted(store, of("a"));
      await admitted(store, of("b"));
      expect(await store.reserve(of("a"))).toMatchObject({ outcome: "queued" });
      await teachUse(store, perModel, 1, fence, "a");
      expect((await use([perModel], "a")).windows[0]).toMatchObject({ used: 1, held: 1 });
    });

    it("is that of the newest answer of the bucket: one that comes late is not heard, whatever its window", async () => {
      const fences: number[] = [];
      for (let calls = 0; calls < 3; calls += 1) {
        const call = command(free);
        const { fence } = await admitted(store, call);
        fences.push(fence);
        await store.settle(call.id, fence, settlement(100));
      }
      const [first = 0, second = 0, third = 0] = fences;
      await teachUse(store, daily, 350, second);
      for (const rule of [daily, rolling as never]) await teachUse(store, rule, 900, first);
      expect(await usedIn()).toEqual([350, 350, 3]);
      // Of another bucket nothing was heard. One answer may tell of several windows.
      await teachUse(store, requests as never, 4, first);
      await teachUse(store, rolling as never, 360, second);
      expect(await usedIn()).toEqual([360, 360, 4]);
      await teachUse(store, daily, 370, third);
      expect(await usedIn()).toEqual([370, 370, 4]);
      await store.teach("other", [{ kind: "use", claim: claimsOf([daily])[0] as never, used: 5, fence: first }]);
      expect((await store.view("other", claimsOf([daily]))).windows[0]?.used).toBe(5);
    });

    it("told beside calls may add at any time, takes nothing away, and leaves what answers tell as it was", async () => {
      await spend(store, 300, free);
      await teachUse(store, daily, 450);
      expect(await usedIn()).toEqual([450, 450, 1]);
      await teachUse(store, daily, 120);
      expect(await usedIn()).toEqual([450, 450, 1]);
      const call = command(free);
      const { fence } = await admitted(store, call);
      await teachUse(store, daily, 120, fence);
      expect(await usedIn()).toEqual([120, 120, 1]);
      // The running call's hold may be counted there already.
      await teachUse(store, daily, 220);
      expect(await usedIn()).toEqual([120, 120, 1]);
      await store.settle(call.id, fence, settlement(100));
      await teachUse(store, daily, 500);
      for (const used of [-1, Number.NaN]) await teachUse(store, daily, used);
      expect(await usedIn()).toEqual([500, 500, 2]);
      // An answer that comes late is not heard, as before.
      await teachUse(store, daily, 900, fence - 1);
      expect(await usedIn()).toEqual([500, 500, 2]);
    });

    it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("of %d teaches nothing", async (used) => {
      await spend(store, 100, free);
      const newest = await admitted(store, command(free));
      await teachUse(store, daily, used, newest.fence);
      expect(await usedIn()).toEqual([100, 100, 1]);
      // Nor is it the newest that was heard.
      await teachUse(store, daily, 300, newest.fence - 1);
      expect(await usedIn()).toEqual([200, 200, 1]);
    });

    it("leaves a window no sooner and no later than a charge does, and never less than nothing in one", async () => {
      await spend(store, 500, free);
      clock.at += HOUR_MS / 2;
      const call = command(free);
      const { fence } = await admitted(store, call);
      await teachUse(store, daily, 100, fence);
      await store.settle(call.id, fence, settlement(10));
      expect(await usedIn()).toEqual([110, 110, 2]);
      clock.at = NOON + HOUR_MS;
      // What was charged has left the hour, and what was taken away has not.
      expect(await usedIn()).toEqual([110, 0, 2]);
      const next = command(free);
      expect(await admitted(store, next)).toMatchObject({ used: [110, 0, 2] });
      expect(await store.reserve(next)).toMatchObject({ outcome: "admitted", used: [110, 0, 2] });
      await store.cancel(next.id);
      clock.at = NOON + 1.5 * HOUR_MS;
      expect(await usedIn()).toEqual([110, 0, 2]);
      await spend(store, 20, free);
      expect(await usedIn()).toEqual([130, 20, 3]);
      clock.at = MIDNIGHT + HOUR_MS;
      expect(await usedIn()).toEqual([0, 0, 0]);
    });

    it("raises and lowers the level of a bucket that refills, never under nothing", async () => {
      const refill = { ...daily, id: "refill", limit: 600, period: { type: "bucket", spanMs: 60_000 } } as never;
      const windows = [refill];
      const call = command({ windows, concurrency: null, heldApiTokens: 0 });
      const { fence } = await admitted(store, call);
      await store.settle(call.id, fence, settlement(300));
      clock.at += 10_000;
      expect(await usedIn(windows)).toEqual([200]);
      await teachUse(store, refill, 500, fence);
      expect(await usedIn(windows)).toEqual([500]);
      expect(await store.reserve(command({ windows, countOwnHold: true, heldApiTokens: 200 }))).toMatchObject({
        outcome: "denied",
        resetsAt: clock.at + 10_000,
      });
      clock.at += 10_000;
      await teachUse(store, refill, 50, fence);
      expect(await usedIn(windows)).toEqual([50]);
      clock.at += 10_000;
      expect(await usedIn(windows)).toEqual([0]);
      await spend(store, 60, { windows });
      expect(await usedIn(windows)).toEqual([60]);
    });

    it("is compared with a level of many digits, and rounded up to what adds up without a rest", async () => {
      const refill = { ...daily, id: "refill", limit: 600, period: { type: "bucket", spanMs: 60_000 } } as never;
      await spend(store, 300, { windows: [refill] });
      clock.at += 3;
      let level = 299.97;
      for (const told of [500, 100]) {
        await teachUse(store, refill, told, 1e15);
        level += Math.ceil((told - level) * 1_024) / 1_024;
        expect((await usedIn([refill]))[0]).toBeCloseTo(level, 9);
        expect(level - told).toBeCloseTo(0, 2);
      }
    });

    it("tells a call that asks again of no less than nothing", async () => {
      await spend(store, 500, { windows: [rolling] });
      clock.at += HOUR_MS / 2;
      const call = command({ windows: [rolling], countFrom: "start" });
      const { fence } = await admitted(store, call);
      await teachUse(store, rolling as never, 50, fence);
      clock.at = NOON + HOUR_MS;
      expect(await admitted(store, call)).toMatchObject({ fence, used: [0] });
    });

    it("that was heard under a wrong clock is corrected like a call", async () => {
      clock.at += 20 * DAY_MS;
      const latest = clock.at;
      await teachUse(store, daily, 40, 1e15);
      clock.at = NOON;
      expect(await usedIn()).toEqual([0, 0, 0]);
      expect(await store.misdated?.("account")).toEqual({ calls: 1, latest, blocks: 0 });
      await store.redate?.("account");
      expect(await store.misdated?.("account")).toEqual({ calls: 0, blocks: 0 });
      expect(await usedIn()).toEqual([40, 40, 0]);
    });
  });

  describe("the fence", () => {
    it("grows with each admission of the account, failed ones too", async () => {
      const fences: number[] = [];
      for (let index = 0; index < 6; index += 1) {
        const call = command();
        const { fence } = await admitted(store, call);
        fences.push(fence);
        if (index % 2 === 0) await store.cancel(call.id);
        else await store.settle(call.id, fence, settlement(1));
      }
      expect(fences).toEqual([...new Set(fences)].toSorted((a, b) => a - b));
    });

    it("keeps a stale one from settling and from prolonging, and nothing changes", async () => {
      const call = command({ heldApiTokens: 70 });
      const { fence } = await admitted(store, call);
      const before = await use();
      for (const stale of [fence - 1, fence + 1, 0]) {
        expect(await store.settle(call.id, stale, settlement(5))).toBe(false);
        expect(await holds(store, call.id, stale)).toBe(false);
      }
      expect(await use()).toEqual(before);
      expect(await holds(store, call.id, fence)).toBe(true);
    });
  });

  describe("replays", () => {
    it("of an admission give the same place, not a second one", async () => {
      const call = command();
      const first = await admitted(store, call);
      const again = await admitted(store, call);
      expect(again).toMatchObject({ fence: first.fence, probes: first.probes });
      expect((await use()).running).toBe(1);
    });

    it("of a settlement are not heard", async () => {
      const call = command();
      const { fence } = await admitted(store, call);
      expect(await store.settle(call.id, fence, settlement(10))).toBe(true);
      expect(await store.settle(call.id, fence, settlement(500))).toBe(false);
      expect((await use()).windows[0]?.used).toBe(10);
      expect(await holds(store, call.id, fence)).toBe(false);
    });

    it("of a settled call are an error: it was answered already", async () => {
      const call = await spend(store, 10);
      const error = await store.reserve(call).catch((thrown: unknown) => thrown);
      expect(LedgerError.isInstance(error)).toBe(true);
      expect((await use()).windows[0]?.used).toBe(10);
    });

    it("of a cancellation, and one of an unknown or settled call, change nothing", async () => {
      const settled = await spend(store, 10);
      await store.cancel(settled.id);
      await store.cancel("unknown");
      expect((await use()).windows[0]?.used).toBe(10);
      expect(await store.settle("unknown", 1, settlement(5))).toBe(false);
    });
  });

  it("a cancelled call was never there", async () => {
    const before = await use();
    const call = command();
    await admitted(store, call);
    await store.cancel(call.id);
    expect(await use()).toEqual(before);
    await admitted(store, call);
  });

  it("a refusal changes nothing", async () => {
    await spend(store, 1_000);
    const before = await use();
    await store.reserve(command());
    await store.reserve(command({ heldApiTokens: 5_000, countOwnHold: true }));
    expect(await use()).toEqual(before);
  });

  it("peek answers as reserve would, and writes nothing", async () => {
    const call = command();
    const before = await use();
    expect(await store.peek(call)).toMatchObject({ outcome: "admitted" });
    expect(await use()).toEqual(before);
    await admitted(store, call);
    expect(await store.peek(command())).toMatchObject({ outcome: "queued", position: 0 });
    expect((await use()).waiting).toBe(0);
    await store.cancel(call.id);
    await spend(store, 1_000);
    expect(await store.peek(command())).toEqual(await store.reserve(command()));
  });

  describe("a place kept after an abort", () => {
    it("is free when the time is over, to the millisecond", async () => {
      await spend(store, 10, {}, { lingerMs: 5_000, estimated: true });
      expect((await use()).running).toBe(1);
      clock.at += 4_999;
      const waiting = command();
      expect(await store.reserve(waiting)).toMatchObject({ outcome: "queued" });
      clock.at += 1;
      await admitted(store, waiting);
    });

    it("is charged from the start", async () => {
      await spend(store, 10, {}, { lingerMs: 5_000 });
      expect((await use()).windows[0]).toMatchObject({ used: 10, held: 0 });
    });

    it("does not stay taken for long when the clock is set back", async () => {
      await spend(store, 10, {}, { lingerMs: 5_000 });
      clock.at -= DAY_MS;
      await admitted(store, command());
    });

    it("is kept for ten seconds at most", async () => {
      await spend(store, 10, {}, { lingerMs: 3_600_000 });
      clock.at += 10_000;
      await admitted(store, command());
    });
  });

  describe("windows", () => {
    it("of a day are empty the next day, and only then", async () => {
      await spend(store, 1_000);
      clock.at = MIDNIGHT + 2_000 - 1;
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", resetsAt: MIDNIGHT + 2_000 });
      clock.at += 1;
      await admitted(store, command());
    });

    test.each([
      [-2_001, 0],
      [-2_000, 1_000],
      [0, 1_000],
    ])("of a day count what ended %i ms around midnight for the new day as %i", async (offset, used) => {
      clock.at = MIDNIGHT + offset;
      await spend(store, 1_000);
      clock.at = MIDNIGHT + HOUR_MS;
      expect((await use()).windows[0]?.used).toBe(used);
    });

    it("of an hour are hourly quotas", async () => {
      const hourly = { ...daily, id: "hourly", period: { type: "hour" }, marginMs: 0 } as const;
      clock.at = NOON + 10;
      await spend(store, 1_000, { windows: [hourly] });
      expect(await store.reserve(command({ windows: [hourly] }))).toMatchObject({
        code: "hourly_quota",
        resetsAt: NOON + HOUR_MS,
      });
      clock.at = NOON + HOUR_MS;
      await admitted(store, command({ windows: [hourly] }));
    });

    it("that roll free when the row that is too much leaves: said exactly", async () => {
      for (const apiTokens of [400, 400, 400]) {
        await spend(store, apiTokens, { windows: [rolling] });
        clock.at += 60_000;
      }
      const call = command({ windows: [rolling] });
      // 1,200 used: once the first row has left, 800 are.
      const resetsAt = NOON + HOUR_MS;
      expect(await store.reserve(call)).toMatchObject({ outcome: "denied", code: "hourly_quota", resetsAt });
      expect((await use([rolling as never])).windows[0]).toMatchObject({ used: 1_200, resetsAt });
      clock.at = resetsAt - 1;
      expect(await store.reserve(call)).toMatchObject({ outcome: "denied", resetsAt });
      clock.at = resetsAt;
      await admitted(store, call);
    });

    it("that roll say in worst mode when the call itself fits", async () => {
      for (const apiTokens of [300, 300, 300]) {
        await spend(store, apiTokens, { windows: [rolling] });
        clock.at += 60_000;
      }
      const call = command({ windows: [rolling], heldApiTokens: 600, countOwnHold: true });
      const resetsAt = NOON + 60_000 + HOUR_MS;
      expect(await store.reserve(call)).toMatchObject({ outcome: "denied", resetsAt });
      clock.at = resetsAt - 1;
      expect(await store.reserve(call)).toMatchObject({ outcome: "denied" });
      clock.at = resetsAt;
      await admitted(store, call);
    });

    it("that roll over more than an hour are daily quotas", async () => {
      const long = { ...rolling, period: { type: "rolling", spanMs: HOUR_MS + 1 } } as const;
      await spend(store, 1_000, { windows: [long] });
      expect(await store.reserve(command({ windows: [long] }))).toMatchObject({ code: "daily_quota" });
    });

    it("of requests count calls, whatever they cost", async () => {
      for (let index = 0; index < 3; index += 1) await spend(store, 0, { windows: [requests] });
      expect(await store.reserve(command({ windows: [requests] }))).toMatchObject({
        outcome: "denied",
        used: 3,
        limit: 3,
        bucket: "requests",
      });
    });

    it("of requests count running calls as held", async () => {
      for (let index = 0; index < 2; index += 1) await spend(store, 0, { windows: [requests] });
      await admitted(store, command({ windows: [requests], concurrency: null }));
      expect(await store.reserve(command({ windows: [requests], concurrency: null }))).toMatchObject({
        outcome: "queued",
      });
    });

    it("per model count each model for itself", async () => {
      const perModel = { ...requests, scope: "model" } as const;
      for (let index = 0; index < 3; index += 1) await spend(store, 0, { windows: [perModel], model: "a" });
      expect(await store.reserve(command({ windows: [perModel], model: "a" }))).toMatchObject({ outcome: "denied" });
      await admitted(store, command({ windows: [perModel], model: "b" }));
      expect((await use([perModel as never], "a")).windows[0]).toMatchObject({ used: 3, held: 0 });
      expect((await use([perModel as never], "b")).windows[0]).toMatchObject({ used: 0, held: 1 });
    });

    it("count only the calls that name their bucket", async () => {
      const ofModel = { ...daily, scope: "model" } as const;
      await spend(store, 900, { windows: [] });
      await spend(store, 400, { windows: [ofModel] });
      expect((await use([ofModel as never])).windows[0]?.used).toBe(400);
      expect((await use([daily])).windows[0]?.used).toBe(1_300);
    });

    it("of several all have to have room", async () => {
      await spend(store, 999, { windows: [daily, requests] });
      await spend(store, 0, { windows: [daily, requests] });
      await spend(store, 0, { windows: [daily, requests] });
      expect(await store.reserve(command({ windows: [daily, requests] }))).toMatchObject({ rule: "requests" });
      expect(await store.reserve(command({ windows: [requests, daily] }))).toMatchObject({ rule: "requests" });
    });

    it("count on when the clock is set back by up to a day: nothing more is admitted", async () => {
      await spend(store, 600);
      clock.at -= DAY_MS;
      expect((await use()).windows[0]?.used).toBe(600);
      await spend(store, 400);
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied" });
      expect((await use([rolling as never])).windows[0]?.used).toBe(1_000);
    });
  });

  describe("a clock that was wrong once", () => {
    const AHEAD_MS = 20 * DAY_MS;
    const refill = { ...daily, id: "refill", period: { type: "bucket", spanMs: HOUR_MS } } as const;
    const all = [
      daily,
      rolling,
      refill,
      { ...daily, id: "month", period: { type: "month", zone: "UTC", resetHour: 0 } },
    ];
    const usedBy = async () => (await use(all as never[])).windows.map(({ used }) => Math.round(used));

    it("by more than a day leaves calls that no window counts before their time comes near", async () => {
      await spend(store, 100);
      clock.at += DAY_MS + 1;
      await spend(store, 500);
      clock.at = NOON;
      expect(await usedBy()).toEqual([100, 100, 100, 100]);
      await spend(store, 10);
      expect(await usedBy()).toEqual([110, 110, 110, 110]);
      clock.at = NOON + 1;
      expect((await usedBy()).slice(0, 2)).toEqual([610, 610]);
    });

    it("does not keep a day from being spent, and is reported once", async () => {
      const warnings: string[] = [];
      store.onWarning?.((message) => warnings.push(message));
      clock.at += AHEAD_MS;
      await spend(store, 1_000, { windows: all as never[] });
      expect(await store.reserve(command({ windows: all as never[] }))).toMatchObject({ outcome: "denied" });
      clock.at = NOON;
      for (let day = 0; day < 3; day += 1) {
        await spend(store, 200, { windows: all as never[] });
        clock.at += DAY_MS;
      }
      if (name === "sqlite") return;
      expect(warnings).toEqual([expect.stringMatching(/more than a day ahead: a clock was wrong/)]);
    });

    it("is found and corrected: its calls count now, its blocks are gone, all others stay", async () => {
      expect(await store.misdated?.("account")).toEqual({ calls: 0, blocks: 0 });
      await spend(store, 100, { windows: all as never[] });
      await teachBlock(store, { name: "model:right", until: NOON + HOUR_MS, longestMs: DAY_MS });
      clock.at += AHEAD_MS;
      await spend(store, 200, { windows: all as never[] });
      const latest = clock.at + 5;
      clock.at = latest;
      await spend(store, 300, { windows: [...all, requests] as never[] });
      // Runs on, charged at its start.
      const running = command({ windows: [daily], countFrom: "start", heldApiTokens: 50, leaseMs: 1e12 });
      const { fence } = await admitted(store, running);
      await teachBlock(store, { name: "account", until: clock.at + HOUR_MS, longestMs: DAY_MS });
      clock.at = NOON;
      await spend(store, 1, { account: "other" });
      expect(await store.misdated?.("other")).toEqual({ calls: 0, blocks: 0 });
      expect(await store.misdated?.("account")).toEqual({ calls: 3, latest, blocks: 1 });
      expect(await usedBy()).toEqual([100, 100, 100, 100]);
      await store.redate?.("account");
      expect(await store.misdated?.("account")).toEqual({ calls: 0, blocks: 0 });
      expect(await usedBy()).toEqual([650, 650, 650, 650]);
      expect((await use()).blocks.map((found) => found.name)).toEqual(["model:right"]);
      await store.settle(running.id, fence, settlement(60));
      expect(await usedBy()).toEqual([660, 660, 660, 660]);
      await spend(store, 40);
      expect(await usedBy()).toEqual([700, 700, 700, 700]);
      clock.at += DAY_MS;
      expect((await usedBy()).slice(0, 3)).toEqual([0, 0, 0]);
    });

    it("once corrected, is not what costs are learned from for weeks", async () => {
      clock.at += AHEAD_MS;
      await spend(store, 200);
      clock.at = NOON;
      await store.redate?.("account");
      clock.at += 1;
      await spend(store, 1);
      expect(await store.recentCosts("account", "gpt-4o-mini", "credits", 2)).toEqual([1, 200]);
    });

    it("by no more than a minute is nothing to correct", async () => {
      clock.at += 59_999;
      await spend(store, 100);
      clock.at = NOON;
      expect(await store.misdated?.("account")).toEqual({ calls: 0, blocks: 0 });
      clock.at = NOON - 1;
      expect(await store.misdated?.("account")).toEqual({ calls: 1, latest: NOON + 59_999, blocks: 0 });
    });
  });

  describe("a block", () => {
    it("denies everyone until its end, then lets one try", async () => {
      await teachBlock(store);
      expect(await store.reserve(command({ windows: [] }))).toMatchObject({
        outcome: "denied",
        reason: "upstream",
        code: "daily_quota",
        rule: "upstream",
        resetsAt: MIDNIGHT,
      });
      clock.at = MIDNIGHT - 1;
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied" });
      clock.at = MIDNIGHT;
      expect(await admitted(store, command({ concurrency: null }))).toMatchObject({ probes: ["account"] });
      expect(await store.reserve(command({ concurrency: null }))).toMatchObject({ outcome: "queued" });
      expect((await use()).blocks).toEqual([block()]);
    });

    it("is over when the answer of the call that tried shows that there is budget", async () => {
      await teachBlock(store);
      clock.at = MIDNIGHT + 10_000;
      await spend(store, 5, {}, { outcome: "answered" });
      expect((await use()).blocks).toEqual([]);
      expect(await admitted(store, command())).toMatchObject({ probes: [] });
    });

    it("is not lifted by the answer of a call that was sent before it", async () => {
      const earlier = command();
      const { fence } = await admitted(store, earlier);
      await teachBlock(store);
      await store.settle(earlier.id, fence, settlement(1, { outcome: "answered" }));
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", reason: "upstream" });
    });

    it("is not lifted by its probe where another call has been refused since", async () => {
      await teachBlock(store);
      clock.at = MIDNIGHT;
      const probe = command();
      const { fence } = await admitted(store, probe);
      await teachBlock(store, { until: MIDNIGHT + HOUR_MS });
      await store.settle(probe.id, fence, settlement(1, { outcome: "answered" }));
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", resetsAt: MIDNIGHT + HOUR_MS });
    });

    it("stays when the one that tried learned nothing: the next one tries", async () => {
      await teachBlock(store);
      clock.at = MIDNIGHT;
      const first = command();
      await admitted(store, first);
      await store.cancel(first.id);
      expect(await admitted(store, command())).toMatchObject({ probes: ["account"] });
    });

    it("needs no probe where the server named its end", async () => {
      await teachBlock(store, { needsProbe: false });
      clock.at = MIDNIGHT;
      expect(await admitted(store, command({ concurrency: null }))).toMatchObject({ probes: [] });
      expect(await admitted(store, command({ concurrency: null }))).toMatchObject({ probes: [] });
      expect((await use()).blocks).toEqual([]);
    });

    it("can be put off, and not be brought forward", async () => {
      await teachBlock(store);
      await teachBlock(store, { until: MIDNIGHT + HOUR_MS, code: "hourly_quota", rule: "later" });
      await teachBlock(store, { until: MIDNIGHT + 1, rule: "earlier" });
      clock.at = MIDNIGHT;
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", code: "hourly_quota", rule: "later" });
    });

    it("closes what it names: a bucket, or a scope such as a model, and nothing else", async () => {
      await teachBlock(store, { name: "model:a" });
      await teachBlock(store, { name: "requests" });
      const of = (model: string, windows = [daily] as never[]) =>
        command({ model, windows, scopes: ["account", `model:${model}`] });
      expect(await store.reserve(of("a"))).toMatchObject({ outcome: "denied" });
      expect(await store.reserve(of("b", [requests as never]))).toMatchObject({ outcome: "denied" });
      await admitted(store, of("b"));
    });

    it("that ends within a call's patience is waited for", async () => {
      await teachBlock(store, { until: NOON + 20_000, needsProbe: false });
      const call = command({ patienceMs: 20_000 });
      expect(await store.reserve(call)).toMatchObject({ outcome: "queued", readyAt: NOON + 20_000 });
      expect(await store.reserve(command({ patienceMs: 19_999 }))).toMatchObject({ outcome: "denied" });
      clock.at = NOON + 20_000;
      await admitted(store, call);
    });

    it("that was set under a clock far ahead is over: no block lasts so long", async () => {
      await teachBlock(store, { until: NOON + 33 * DAY_MS });
      expect(await admitted(store, command())).toMatchObject({ probes: ["account"] });
    });

    it("is lifted by hand whatever its end, the breaker too, and no other", async () => {
      await teachBlock(store);
      await teachBlock(store, { name: "model:a" });
      for (let failures = 0; failures < 3; failures += 1) await spend(store, 1, { scopes: [] }, { outcome: "failed" });
      const lift = (lifted: string) => store.teach("account", [{ kind: "lift", name: lifted }]);
      const names = async () => (await use()).blocks.map((found) => found.name);
      expect(await names()).toEqual(["account", "model:a", BREAKER]);
      await lift("account");
      expect(await names()).toEqual(["model:a", BREAKER]);
      expect(await store.reserve(command({ scopes: [] }))).toMatchObject({ outcome: "denied", reason: "breaker" });
      await lift(BREAKER);
      await admitted(store, command({ scopes: ["account"] }));
      await lift("nothing");
      expect(await names()).toEqual(["model:a"]);
      await teachBlock(store, { until: NOON + 1 });
      expect(await names()).toEqual(["model:a", "account"]);
    });

    it.each(["payment_required", "model_not_on_tier"] as const)(
      "that is no quota stands until it is lifted, whatever the clock does: %s",
      async (code) => {
        const century = 36_525 * DAY_MS;
        const off = { name: "model:a", code, until: NOON + century, longestMs: century, needsProbe: false };
        await teachBlock(store, off);
        const call = () => store.reserve(command({ scopes: ["model:a"], patienceMs: 60_000 }));
        const denied = { outcome: "denied", reason: "upstream", code, rule: "upstream", resetsAt: off.until };
        // A clock that is behind the one under which it was set, and one that is far ahead.
        for (const at of [NOON, NOON - DAY_MS, NOON + 400 * DAY_MS, NOON]) {
          clock.at = at;
          expect(await call()).toMatchObject(denied);
          expect((await use()).blocks).toEqual([block(off)]);
          expect(await store.misdated?.("account")).toMatchObject({ blocks: 0 });
          await store.redate?.("account");
          await spend(store, 0, {}, { outcome: "answered" });
          // A quota that is used up as well ends earlier.
          await teachBlock(store, { name: "model:a", until: at + HOUR_MS });
        }
        expect(await call()).toMatchObject(denied);
        await store.teach("account", [{ kind: "lift", name: "model:a" }]);
        expect(await call()).toMatchObject({ outcome: "admitted" });
      },
    );

    it("concerns its account alone, and a stale settlement does not lift it", async () => {
      await teachBlock(store);
      await spend(store, 1, { account: "other" }, { outcome: "answered" });
      const call = command();
      clock.at = MIDNIGHT;
      const { fence } = await admitted(store, call);
      expect(await store.settle(call.id, fence + 1, settlement(1, { outcome: "answered" }))).toBe(false);
      expect((await use()).blocks).toEqual([block()]);
    });
  });

  describe("the breaker", () => {
    const fail = async (): Promise<void> => void (await spend(store, 1, {}, { outcome: "failed" }));

    it("opens after three failures in a row, for all calls of the account", async () => {
      await fail();
      await fail();
      await admitted(store, command({ id: "third" }));
      await store.settle(
        "third",
        (await admitted(store, command({ id: "third" }))).fence,
        settlement(1, { outcome: "failed" }),
      );
      expect(await store.reserve(command({ scopes: [], windows: [], patienceMs: 60_000 }))).toMatchObject({
        outcome: "denied",
        reason: "breaker",
        resetsAt: NOON + 5_000,
      });
      await admitted(store, command({ account: "other" }));
    });

    it("stays closed where an answer lies between", async () => {
      await fail();
      await fail();
      await spend(store, 1, {}, { outcome: "answered" });
      await fail();
      await fail();
      await spend(store, 1, {}, { outcome: "other" });
      await admitted(store, command());
    });

    it("lets one try after each break, and breaks longer each time, up to a minute", async () => {
      for (let failures = 0; failures < 3; failures += 1) await fail();
      for (const breakMs of [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]) {
        expect(await store.reserve(command())).toMatchObject({ reason: "breaker", resetsAt: clock.at + breakMs });
        clock.at += breakMs;
        const probe = command({ concurrency: null });
        const { fence, probes } = await admitted(store, probe);
        expect(probes).toEqual([BREAKER]);
        expect(await store.reserve(command({ id: "behind", concurrency: null }))).toMatchObject({ outcome: "queued" });
        await store.cancel("behind");
        await store.settle(probe.id, fence, settlement(0, { outcome: "failed" }));
      }
    });

    it("closes with the first answer", async () => {
      for (let failures = 0; failures < 3; failures += 1) await fail();
      clock.at += 5_000;
      await spend(store, 1, {}, { outcome: "answered" });
      expect((await use()).blocks).toEqual([]);
      await fail();
      await admitted(store, command());
    });
  });

  describe("windows that calls wait for", () => {
    const perMinute = { ...requests, id: "minute", period: { type: "minute" }, marginMs: 0 } as never;
    const inLane = (fields: object = {}) =>
      command({ windows: [perMinute], concurrency: null, patienceMs: 120_000, ...fields });

    it("say when each call's turn comes, earlier tickets counted", async () => {
      for (let call = 0; call < 3; call += 1) await spend(store, 1, { windows: [perMinute] });
      const waiting = Array.from({ length: 8 }, () => inLane());
      const readyAt: unknown[] = [];
      for (const call of waiting) readyAt.push(await store.reserve(call));
      expect(readyAt.map((answer) => (answer as { readyAt?: number }).readyAt)).toEqual(
        [1, 1, 1, 2, 2, 2, undefined, undefined].map((minutes) =>
          minutes === undefined ? undefined : NOON + minutes * 60_000,
        ),
      );
      expect(readyAt.slice(6)).toMatchObject(Array(2).fill({ outcome: "denied", resetsAt: NOON + 180_000 }));
      clock.at += 60_000;
      for (const call of waiting.slice(0, 3)) await admitted(store, call);
      expect(await store.reserve(waiting[3] ?? inLane())).toMatchObject({ outcome: "queued", position: 0 });
    });

    it("that roll free call by call", async () => {
      const second = { ...requests, id: "second", period: { type: "rolling", spanMs: 1_500 } } as never;
      for (let call = 0; call < 3; call += 1) {
        await spend(store, 1, { windows: [second] });
        clock.at += 100;
      }
      const readyAt: (number | undefined)[] = [];
      for (let call = 0; call < 5; call += 1) {
        const answer = await store.reserve(command({ windows: [second], concurrency: null, patienceMs: 60_000 }));
        readyAt.push(answer.outcome === "queued" ? answer.readyAt : undefined);
      }
      expect(readyAt).toEqual([1_500, 1_600, 1_700, 3_000, 3_100].map((ms) => NOON + ms));
    });

    it("keep no slot busy: another model's call passes", async () => {
      const perModel = { ...(perMinute as object), scope: "model" } as never;
      for (let call = 0; call < 3; call += 1) await spend(store, 1, { windows: [perModel], model: "a" });
      const a = command({ windows: [perModel], model: "a", patienceMs: 60_000 });
      expect(await store.reserve(a)).toMatchObject({ outcome: "queued", readyAt: NOON + 60_000 });
      const b = await admitted(store, command({ windows: [perModel], model: "b", id: "b" }));
      clock.at += 60_000;
      // Its minute has come, and now the slot is its own.
      expect(await store.reserve(a)).toMatchObject({ outcome: "queued", position: 0 });
      expect(await store.reserve(command({ windows: [perModel], model: "c" }))).toMatchObject({ outcome: "queued" });
      await store.settle("b", b.fence, settlement(1));
      await admitted(store, a);
    });

    it("are not overtaken in by a small call", async () => {
      const tokens = { ...daily, id: "tokens", period: { type: "minute" }, marginMs: 0 } as never;
      await spend(store, 500, { windows: [tokens] });
      const patient = { windows: [tokens], concurrency: null, countOwnHold: true, patienceMs: 60_000 };
      const big = command({ ...patient, heldApiTokens: 900 });
      expect(await store.reserve(big)).toMatchObject({ outcome: "queued", readyAt: NOON + 60_000 });
      expect(await store.reserve(command({ ...patient, heldApiTokens: 10 }))).toMatchObject({ outcome: "queued" });
    });

    it("of a bucket that refills let calls pass at its pace", async () => {
      const refilling = { ...requests, id: "refill", limit: 3, period: { type: "bucket", spanMs: 3_000 } } as never;
      const fields = { windows: [refilling], concurrency: null, patienceMs: 60_000, countOwnHold: true };
      for (let call = 0; call < 3; call += 1) await spend(store, 1, fields);
      expect((await use([refilling])).windows[0]).toMatchObject({ used: 3, held: 0 });
      const call = command(fields);
      expect(await store.reserve(call)).toMatchObject({ outcome: "queued", readyAt: NOON + 1_000 });
      expect(await store.reserve(command(fields))).toMatchObject({ outcome: "queued", readyAt: NOON + 2_000 });
      clock.at += 999;
      expect(await store.reserve(call)).toMatchObject({ outcome: "queued", readyAt: NOON + 1_000 });
      clock.at += 1;
      await admitted(store, call);
      clock.at += 60_000;
      expect((await use([refilling])).windows[0]).toMatchObject({ used: 0, held: 1 });
    });

    it("count a call from its start where the server does", async () => {
      const second = { ...requests, id: "second", limit: 1, period: { type: "rolling", spanMs: 60_000 } } as never;
      const fields = { windows: [second], concurrency: null, patienceMs: 60_000, countFrom: "start" } as const;
      const first = command(fields);
      const { fence } = await admitted(store, first);
      expect((await use([second])).windows[0]).toMatchObject({ used: 1, held: 0 });
      clock.at += 30_000;
      await store.settle(first.id, fence, settlement(1));
      const next = command(fields);
      expect(await store.reserve(next)).toMatchObject({ outcome: "queued", readyAt: NOON + 60_000 });
      clock.at = NOON + 60_000;
      await admitted(store, next);
      await store.cancel(next.id);
      expect((await use([second])).windows[0]).toMatchObject({ used: 0 });
    });

    it("of a month are monthly quotas, of a minute hourly ones", async () => {
      const month = { ...requests, limit: 1, period: { type: "month", zone: "UTC", resetHour: 0 } } as never;
      const minute = { ...requests, limit: 1, period: { type: "minute" }, marginMs: 0 } as never;
      await spend(store, 1, { windows: [month] });
      expect(await store.reserve(command({ windows: [month] }))).toMatchObject({
        code: "monthly_quota",
        resetsAt: Date.parse("2026-04-01T00:00:02.000Z"),
      });
      expect(await store.reserve(command({ windows: [minute] }))).toMatchObject({ code: "hourly_quota" });
    });
  });

  it("without a ticket admits or answers, and leaves nothing behind", async () => {
    const running = command();
    await store.reserve(running, { ticket: false });
    expect(await use()).toMatchObject({ running: 1, waiting: 0 });
    expect(await store.reserve(command(), { ticket: false })).toMatchObject({ outcome: "queued", position: 0 });
    expect(await use()).toMatchObject({ running: 1, waiting: 0 });
  });

  it("charges a bucket that a settlement does not name what it held", async () => {
    const call = command({ windows: [daily, requests as never] });
    const { fence } = await admitted(store, call);
    await store.settle(call.id, fence, settlement(0));
    expect((await use([daily, requests as never])).windows.map(({ used }) => used)).toEqual([0, 1]);
  });

  describe("costs to learn from", () => {
    it("are the model's newest, newest first, without estimates", async () => {
      for (const apiTokens of [1, 2, 3, 4]) {
        await spend(store, apiTokens, { windows: [] });
        clock.at += 1;
        await spend(store, 500, { model: "other", windows: [] });
        await spend(store, 77, { windows: [] }, { estimated: true });
        clock.at += 1;
      }
      expect(await store.recentCosts("account", "gpt-4o-mini", "credits", 3)).toEqual([4, 3, 2]);
      expect(await store.recentCosts("account", "unknown", "credits", 3)).toEqual([]);
      expect(await store.recentCosts("nobody", "gpt-4o-mini", "credits", 3)).toEqual([]);
    });
  });

  it("forgets what no window needs any more, and nothing else", async () => {
    const long = { ...rolling, period: { type: "rolling", spanMs: 20 * DAY_MS }, limit: 1e9 } as const;
    const both = [daily, long].map((rule) => ({ ...rule, limit: 1e9 })) as never[];
    for (let index = 0; index < 1_500; index += 1) await spend(store, 1, { windows: both });
    clock.at += 19 * DAY_MS;
    for (let index = 0; index < 1_500; index += 1) await spend(store, 1, { windows: both });
    expect((await use(both)).windows.map(({ used }) => used)).toEqual([1_500, 3_000]);
  });

  it("is as good as new after a close where rows outlive it, and closing twice is no error", async () => {
    await spend(store, 10);
    await store.close();
    await store.close();
  });
});
