import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { admitted, claimsOf, command, daily, NOON, settlement, spend, type TestClock } from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import { sharedServer } from "../../testing/redis-stores.js";
import type { Period, WindowRule } from "../../tier/tier.js";
import type { LedgerStore, ReserveAnswer } from "../ledger-store.js";
import { createMemoryStore } from "../memory/memory-store.js";
import { createRedisStore } from "./redis-store.js";

type Action =
  | { readonly kind: "reserve" | "settle" | "cancel" | "peek"; readonly call: number; readonly cost: number }
  | { readonly kind: "use"; readonly call: number; readonly window: number; readonly used: number }
  | { readonly kind: "clock"; readonly byMs: number };

const CALLS = 6;
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom<("reserve" | "settle" | "cancel" | "peek")[]>(
        ...(["reserve", "reserve", "reserve", "settle", "settle", "settle", "peek", "cancel"] as const),
      ),
      call: fc.nat(CALLS - 1),
      cost: fc.nat(25),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("use" as const), call: fc.nat(), window: fc.nat(2), used: fc.nat(120) }),
  },
  {
    weight: 3,
    // Steps within the windows, and back.
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      byMs: fc.constantFrom(1, 500, 1_000, 1_000, 4_000, 9_000, 20_000, -1, -1_000, -3_000, -15_000),
    }),
  },
);

const period: fc.Arbitrary<Period> = fc.constantFrom<Period>(
  { type: "bucket", spanMs: 60_000 },
  { type: "bucket", spanMs: 10_000 },
  { type: "rolling", spanMs: 10_000 },
  { type: "minute" },
  { type: "day", zone: "Europe/Berlin", resetHour: 7 },
);
const windows = fc
  .array(
    fc.record({
      period,
      limit: fc.constantFrom(30, 100, 300),
      per: fc.constantFrom("model" as const, "tier" as const),
    }),
    {
      minLength: 1,
      maxLength: 3,
    },
  )
  .map((rules): WindowRule[] =>
    rules.map((fields, index) => ({ ...daily, ...fields, id: `rule${index}`, marginMs: 500 })),
  );

const setup = fc.record({
  windows,
  concurrency: fc.constantFrom(2, null),
  countOwnHold: fc.boolean(),
  countFrom: fc.constantFrom("start" as const, "end" as const),
  patienceMs: fc.constantFrom(0, 10_000, 600_000),
  actions: fc.array(action, { minLength: 30, maxLength: 80 }),
});
type Setup = typeof setup extends fc.Arbitrary<infer T> ? T : never;

/** Plays actions on a store: what ends is one of the calls that run. */
function player(store: LedgerStore, clock: TestClock, { actions: _, ...fields }: Setup) {
  const running: Map<string, number> = new Map();
  const fences: number[] = [];
  const rounds: number[] = Array<number>(CALLS).fill(0);
  return async (wanted: Action): Promise<unknown> => {
    if (wanted.kind === "clock") {
      clock.at += wanted.byMs;
      return null;
    }
    if (wanted.kind === "use") {
      const { call, window, used } = wanted;
      const claims = claimsOf(fields.windows, call % 3 === 0 ? "b" : "a");
      const claim = claims[window % claims.length];
      // Most often of the newest calls.
      const fence = fences.at(-1 - (call % 4));
      if (claim === undefined || fence === undefined) return null;
      return await store.teach("account", [{ kind: "use", claim, used, fence }]);
    }
    const { kind, call, cost } = wanted;
    if (kind === "reserve" || kind === "peek") {
      const id = `${call}:${rounds[call]}`;
      const model = call % 3 === 0 ? "b" : "a";
      const given = {
        ...command({ ...fields, id, model, heldApiTokens: 1 + ((call * 13) % 45) }),
        // Some are further requests of calls that have begun.
        ahead: call % 4 === 1,
      };
      const answer = await store[kind](given);
      if (kind === "reserve" && answer.outcome === "admitted") {
        if (!running.has(id)) fences.push(answer.fence);
        running.set(id, answer.fence);
      }
      return comparable(answer);
    }
    const [id, fence] = [...running][call % Math.max(1, running.size)] ?? [];
    if (id === undefined || fence === undefined) return null;
    running.delete(id);
    if (kind === "cancel") return await store.cancel(id);
    rounds[Number.parseInt(id, 10)] = (rounds[Number.parseInt(id, 10)] ?? 0) + 1;
    const amounts = { credits: cost, "credits:a": cost, "credits:b": cost };
    return await store.settle(id, fence, { amounts, estimated: false, lingerMs: 0, outcome: "other" });
  };
}

/** Fences and movements are counted by each store in its own way. */
function comparable(answer: ReserveAnswer): unknown {
  const { fence: _, movement: __, ticket: ___, ...rest } = answer as Record<string, unknown>;
  return rest;
}

describe.skipIf(!hasRedis())("Redis answers as memory does", () => {
  const shared = sharedServer();
  let made = 0;

  /** A store of each kind; the clock is moved back and forth, so no lease ends. */
  const both = () => {
    made += 1;
    const clocks = [{ at: NOON }, { at: NOON }] as const;
    const memory = createMemoryStore({ now: () => clocks[0].at });
    const store = createRedisStore({ client: shared.direct, prefix: `like-${made}`, now: () => clocks[1].at });
    const redis: LedgerStore = { ...store, reserve: (wanted) => store.reserve({ ...wanted, leaseMs: 1e12 }) };
    return { clocks, memory, redis };
  };

  it("where windows are short, buckets refill and the clock wavers", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(setup, async (given) => {
        const { clocks, memory, redis } = both();
        const [playMemory, playRedis] = [player(memory, clocks[0], given), player(redis, clocks[1], given)];
        for (const wanted of given.actions) {
          expect(await playRedis(wanted)).toEqual(await playMemory(wanted));
          const claims = claimsOf(given.windows, "a");
          expect(await redis.view("account", claims)).toEqual(await memory.view("account", claims));
        }
      }),
      { numRuns: 300 },
    );
  });

  describe("where a ticket keeps no slot busy", () => {
    const perModel = { ...daily, marginMs: 0, scope: "model" as const };
    const minute = {
      ...perModel,
      id: "minute",
      meter: "requests" as const,
      limit: 1,
      period: { type: "minute" },
    } as const;

    it("since it waits for its window, also as the next of its lane", async () => {
      const { clocks, memory, redis } = both();
      for (const [index, store] of [memory, redis].entries()) {
        const clock: TestClock = clocks[index] ?? { at: 0 };
        const of = (model: string) => command({ model, windows: [minute], concurrency: 1, patienceMs: 200_000 });
        await spend(store, 1, { model: "a", windows: [minute] });
        const [first, second] = [of("a"), of("a")];
        expect(await store.reserve(first)).toMatchObject({ readyAt: NOON + 60_000 });
        expect(await store.reserve(second)).toMatchObject({ readyAt: NOON + 120_000 });
        clock.at += 60_000;
        const { fence } = await admitted(store, first);
        await store.settle(first.id, fence, settlement(1));
        await admitted(store, of("b"));
      }
    });

    it("since it waits for the end of others when its window is free", async () => {
      const { clocks, memory, redis } = both();
      for (const [index, store] of [memory, redis].entries()) {
        const clock: TestClock = clocks[index] ?? { at: 0 };
        const fields = { windows: [perModel, minute], concurrency: 2, patienceMs: 200_000, heldApiTokens: 1_000 };
        await admitted(store, command({ ...fields, model: "a" }));
        expect(await store.reserve(command({ ...fields, model: "a" }))).toMatchObject({ readyAt: NOON + 60_000 });
        clock.at += 60_000;
        await admitted(store, command({ ...fields, model: "b" }));
      }
    });
  });

  it.each<Period>([
    { type: "minute" },
    { type: "hour" },
    { type: "day", zone: "Europe/Berlin", resetHour: 7 },
    { type: "month", zone: "America/New_York", resetHour: 0 },
  ])("where what runs fills many periods: $type", async (many) => {
    const { memory, redis } = both();
    const window = { ...daily, limit: 10, period: many };
    const fields = { windows: [window], concurrency: null, heldApiTokens: 205 };
    for (const store of [memory, redis]) {
      const full = command({ ...fields, id: "full" });
      const { fence } = await admitted(store, full);
      await store.settle(full.id, fence, { amounts: { credits: 10 }, estimated: false, lingerMs: 0, outcome: "other" });
    }
    const [one, other] = [await redis.peek(command(fields)), await memory.peek(command(fields))];
    expect(one).toEqual(other);
    // What waits fills twenty more.
    const patient = command({ ...fields, id: "patient", patienceMs: 1e11 });
    expect(comparable(await redis.reserve(patient))).toEqual(comparable(await memory.reserve(patient)));
    const [late, alike] = [await redis.peek(command(fields)), await memory.peek(command(fields))];
    expect(late).toEqual(alike);
    expect(late).toMatchObject({ outcome: "denied" });
  });
});
