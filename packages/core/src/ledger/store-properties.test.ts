import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  claimsOf,
  command,
  DAY_MS,
  daily,
  NOON,
  spend,
  storesToTest,
  type TestClock,
  teachBlock,
  teachCount,
} from "../testing/ledger.js";
import type { Period, WindowRule } from "../tier/tier.js";
import { isInForce } from "./admit.js";
import { BREAKER, type LedgerStore, type ReserveAnswer, type ReserveCommand, type Settlement } from "./ledger-store.js";

const STORES = storesToTest();

type Action =
  | { readonly kind: "reserve"; readonly call: number; readonly held: number; readonly model: string }
  | {
      readonly kind: "settle";
      readonly call: number;
      readonly cost: number;
      readonly linger: number;
      readonly outcome: Settlement["outcome"];
    }
  | { readonly kind: "cancel"; readonly call: number }
  | { readonly kind: "block"; readonly name: string; readonly forMs: number; readonly needsProbe: boolean }
  | { readonly kind: "lift"; readonly name: string }
  | { readonly kind: "count"; readonly by: number }
  | { readonly kind: "use"; readonly call: number; readonly window: number; readonly used: number }
  | { readonly kind: "clock"; readonly byMs: number }
  | { readonly kind: "redate" };

/** A clock that was plainly wrong. */
const FAR_MS = 20 * DAY_MS;

const call = fc.nat(11);
/** Some are further requests of calls that have begun. */
const isAhead = (index: number): boolean => index % 3 === 0;
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    // A call asks for the same each time.
    arbitrary: call.map((number) => ({
      kind: "reserve" as const,
      call: number,
      held: (number * 37) % 400,
      model: number % 2 === 0 ? "a" : "b",
    })),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("settle" as const),
      call,
      cost: fc.nat(600),
      linger: fc.constantFrom(0, 0, 0, 3_000),
      outcome: fc.constantFrom<Settlement["outcome"][]>("answered", "answered", "failed", "other"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), call }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("block" as const),
      name: fc.constantFrom("account", "model:a", "credits"),
      forMs: fc.integer({ min: 1, max: 5_000 }),
      needsProbe: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("lift" as const),
      name: fc.constantFrom("account", "model:a", "credits", BREAKER),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("count" as const),
      by: fc.oneof(fc.nat(5), fc.constantFrom(-1, 0.5, Number.MAX_SAFE_INTEGER - 3)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("use" as const),
      call,
      window: fc.nat(2),
      used: fc.oneof(fc.nat(20), fc.nat(2_000), fc.constantFrom(-1, 7.5)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("redate" as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("clock" as const),
      // A day and its edge, an hour, a moment; now and then back, and far ahead and back.
      byMs: fc.constantFrom(
        ...[1, 1_000, 10_000, 60_000, 3_600_000, 43_199_000, 43_200_000, 86_400_000, -7_200_000],
        ...[FAR_MS, -FAR_MS],
      ),
    }),
  },
);

const period: fc.Arbitrary<Period> = fc.constantFrom<Period>(
  { type: "day", zone: "UTC", resetHour: 0 },
  { type: "day", zone: "Europe/Berlin", resetHour: 7 },
  { type: "month", zone: "UTC", resetHour: 0 },
  { type: "hour" },
  { type: "minute" },
  { type: "rolling", spanMs: 3_600_000 },
  { type: "rolling", spanMs: 30_000 },
  // Spans and limits that divide: levels are whole numbers at whole moments on every store.
  { type: "bucket", spanMs: 60_000 },
);
const window: fc.Arbitrary<WindowRule> = fc
  .record({
    metric: fc.constantFrom("apiTokens" as const, "requests" as const),
    period,
    per: fc.constantFrom("model" as const, "tier" as const),
  })
  .chain((fields) =>
    fc
      .integer(fields.metric === "requests" ? { min: 1, max: 8 } : { min: 100, max: 2_000 })
      .map((limit) => ({ ...daily, ...fields, limit })),
  );
const setup = fc.record({
  windows: fc
    .array(window, { minLength: 1, maxLength: 3 })
    .map((rules) => rules.map((rule, index) => ({ ...rule, id: `rule${index}` }))),
  concurrency: fc.constantFrom(1, 2, null),
  worst: fc.boolean(),
  countFrom: fc.constantFrom("start" as const, "end" as const),
  patienceMs: fc.constantFrom(0, 10_000, 60_000),
  actions: fc.array(action, { minLength: 1, maxLength: 60 }),
});
type Setup = typeof setup extends fc.Arbitrary<infer T> ? T : never;

/** Plays actions on a store as an engine would: a call is settled and cancelled by whoever was admitted. */
function player(store: LedgerStore, clock: TestClock, given: Setup) {
  const { windows, concurrency, worst: countOwnHold, countFrom, patienceMs } = given;
  const fences: Map<string, number> = new Map();
  const lastFences: Map<number, number> = new Map();
  const generations: number[] = [];
  const idOf = (index: number): string => `call-${index}-${generations[index] ?? 0}`;
  const commandOf = (index: number, heldApiTokens: number, model: string): ReserveCommand => ({
    ...command({
      id: idOf(index),
      model,
      heldApiTokens,
      countOwnHold,
      windows,
      countFrom,
      concurrency,
      patienceMs,
      scopes: ["account", `model:${model}`],
      // The clock is moved over days; leases that end by it have tests of their own.
      leaseMs: 1e12,
    }),
    ahead: isAhead(index),
  });
  return async (wanted: Action): Promise<ReserveAnswer | boolean | number | null> => {
    switch (wanted.kind) {
      case "reserve": {
        const answer = await store.reserve(commandOf(wanted.call, wanted.held, wanted.model));
        if (answer.outcome === "admitted") {
          fences.set(idOf(wanted.call), answer.fence);
          lastFences.set(wanted.call, answer.fence);
        }
        return answer;
      }
      case "settle": {
        const id = idOf(wanted.call);
        const fence = fences.get(id);
        if (fence === undefined) return null;
        generations[wanted.call] = (generations[wanted.call] ?? 0) + 1;
        const { cost, linger: lingerMs, outcome } = wanted;
        const model = wanted.call % 2 === 0 ? "a" : "b";
        const { buckets } = commandOf(wanted.call, 0, model);
        const amounts = buckets.filter(({ name }) => name.startsWith("credits")).map(({ name }) => [name, cost]);
        return await store.settle(id, fence, {
          amounts: Object.fromEntries(amounts) as Record<string, number>,
          estimated: lingerMs > 0,
          lingerMs,
          outcome,
        });
      }
      case "cancel":
        await store.cancel(idOf(wanted.call));
        fences.delete(idOf(wanted.call));
        return null;
      case "block":
        await teachBlock(store, {
          name: wanted.name,
          until: clock.at + wanted.forMs,
          needsProbe: wanted.needsProbe,
        });
        return null;
      case "lift":
        await store.teach("account", [{ kind: "lift", name: wanted.name }]);
        return null;
      case "count":
        await teachCount(store, "counted", wanted.by);
        return await store.learned("account", "counted");
      case "use": {
        // Told by the answer of a call that runs, or has ended.
        const { call, used } = wanted;
        const claims = claimsOf(windows, call % 2 === 0 ? "a" : "b");
        const claim = claims[wanted.window % claims.length];
        if (claim === undefined) return null;
        await store.teach("account", [{ kind: "use", claim, used, fence: lastFences.get(call) ?? 0 }]);
        return null;
      }
      case "clock":
        clock.at += wanted.byMs;
        return null;
      case "redate": {
        const found = await store.misdated?.("account");
        await store.redate?.("account");
        return found?.calls ?? null;
      }
    }
  };
}

/** Keeps the order in which they came where they stand alike. */
const byTurn = (one: number, other: number): number => Number(isAhead(other)) - Number(isAhead(one));

/** Charged what was held. */
const ENDED: Settlement = { amounts: {}, estimated: false, lingerMs: 0, outcome: "answered" };

/** What has to be the same on every store: fences may be counted differently. */
function comparable(answer: ReserveAnswer | boolean | number | null): unknown {
  if (typeof answer !== "object" || answer === null) return answer;
  const { fence: _, movement: __, ticket: ___, ...rest } = answer as Record<string, unknown>;
  return rest;
}

/** A place kept after an abort is dropped by memory for good when the clock is set back. */
function isComparable({ actions }: Setup): boolean {
  const lingers = actions.some((wanted) => wanted.kind === "settle" && wanted.linger > 0);
  return !(lingers && actions.some((wanted) => wanted.kind === "clock" && wanted.byMs < 0));
}

const view = (store: LedgerStore, windows: readonly WindowRule[], model: string) =>
  store.view("account", claimsOf(windows, model));

describe("for any sequence of commands", () => {
  it.each(Object.entries(STORES))("%s keeps its promises", { timeout: 120_000 }, async (_, open) => {
    const runs = _ === "memory" ? 400 : 40;
    await fc.assert(
      fc.asyncProperty(setup, async (given) => {
        const clock = { at: NOON };
        const store = await open(clock);
        const play = player(store, clock, given);
        const live: Map<string, number> = new Map();
        // In the order of their turns; all share a bucket.
        let waiting: readonly number[] = [];
        let lastFence = 0;
        for (const wanted of given.actions) {
          const model = wanted.kind === "reserve" ? wanted.model : "a";
          const before = await view(store, given.windows, model);
          const answer = await play(wanted);
          const after = await view(store, given.windows, model);
          for (const { used } of after.windows) expect(used).toBeGreaterThanOrEqual(0);

          if (wanted.kind === "reserve" && typeof answer === "object" && answer !== null) {
            const { call } = wanted;
            if (answer.outcome === "queued") {
              if (!waiting.includes(call)) waiting = [...waiting, call].toSorted(byTurn);
              expect(answer.position).toBe(waiting.indexOf(call));
            } else {
              const earlier = waiting.includes(call)
                ? waiting.slice(0, waiting.indexOf(call))
                : waiting.filter((other) => byTurn(other, call) <= 0);
              if (answer.outcome === "admitted" && !live.has(`${call}`))
                expect(earlier.filter((other) => other % 2 === call % 2)).toEqual([]);
              waiting = waiting.filter((other) => other !== call);
            }
          }
          if (wanted.kind === "cancel") waiting = waiting.filter((other) => other !== wanted.call);
          expect(after.waiting).toBe(waiting.length);

          if (wanted.kind === "reserve" && typeof answer === "object" && answer?.outcome === "admitted") {
            const key = `${wanted.call}`;
            if (live.has(key)) {
              // A replay: nothing has changed.
              expect(after).toEqual(before);
              continue;
            }
            live.set(key, wanted.held);
            expect(answer.fence).toBeGreaterThan(lastFence);
            lastFence = answer.fence;
            for (const [index, rule] of given.windows.entries()) {
              const { used = 0, held = 0 } = before.windows[index] ?? {};
              const own = rule.meter === "requests" ? 1 : wanted.held;
              expect(used + held).toBeLessThan(rule.limit + (given.worst ? 1 : 0));
              if (given.worst) expect(used + held + own).toBeLessThanOrEqual(rule.limit);
            }
            if (given.concurrency !== null) expect(after.running).toBeLessThanOrEqual(given.concurrency);
            for (const block of before.blocks) {
              if (block.name === "model:a" && model !== "a") continue;
              expect(isInForce(block, clock.at)).toBe(false);
              if (block.needsProbe) expect(answer.probes).toContain(block.name);
            }
          } else if (wanted.kind === "reserve" && typeof answer === "object" && answer?.outcome === "denied") {
            expect(after.windows).toEqual(before.windows);
            expect(after.running).toBe(before.running);
            const least = answer.reason === "cost" ? 0 : clock.at + 1;
            expect(answer.resetsAt).toBeGreaterThanOrEqual(least);
          } else if (wanted.kind === "reserve" && typeof answer === "object" && answer?.outcome === "queued") {
            if (answer.readyAt === undefined) continue;
            expect(answer.readyAt).toBeGreaterThan(clock.at);
            expect(answer.readyAt).toBeLessThanOrEqual(clock.at + given.patienceMs);
          }
          if (answer === true && wanted.kind === "settle") live.delete(`${wanted.call}`);
          if (wanted.kind === "cancel") live.delete(`${wanted.call}`);

          // What is charged from the start is not held.
          const everything = { ...daily, id: "all", limit: 1e9 };
          const held = (await view(store, [everything], "a")).windows[0]?.held;
          const expected =
            given.countFrom === "start" ? 0 : [...live.values()].reduce((sum, amount) => sum + amount, 0);
          expect(held).toBe(expected);
        }
        await store.close();
      }),
      { numRuns: runs },
    );
  });

  it.each(Object.entries(STORES))(
    "%s holds no ticket back without a reason, and ends each",
    {
      timeout: 120_000,
    },
    async (name, open) => {
      const ticket = fc.record({ model: fc.constantFrom("a", "b", "c"), held: fc.nat(300), ahead: fc.boolean() });
      const tickets = fc.array(ticket, { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(setup, tickets, async ({ windows, concurrency, worst }, wanted) => {
          const clock = { at: NOON };
          const store = await open(clock);
          const fields = { windows, concurrency, countOwnHold: worst, patienceMs: 120_000 };
          const joining = wanted.map(({ model, held: heldApiTokens, ahead }) => ({
            ...command({ ...fields, model, heldApiTokens }),
            ahead,
          }));
          const waiting = new Set(joining);
          for (const call of joining) {
            const answer = await store.reserve(call);
            if (answer.outcome !== "queued") waiting.delete(call);
            if (answer.outcome === "admitted") await store.settle(call.id, answer.fence, ENDED);
          }
          // In the order of their turns.
          const calls = joining.toSorted((one, other) => Number(other.ahead) - Number(one.ahead));
          for (let round = 0; waiting.size > 0; round += 1) {
            // Each round some pass, or the clock goes to the moment at which the next one does.
            expect(round).toBeLessThan(200);
            let next = Number.POSITIVE_INFINITY;
            let hasMoved = false;
            const earlier: ReserveCommand[] = [];
            for (const call of calls) {
              if (!waiting.has(call)) continue;
              const answer = await store.reserve(call);
              if (answer.outcome === "queued") {
                if (answer.readyAt === undefined && earlier.length === 0) expect(answer).toHaveProperty("readyAt");
                next = Math.min(next, answer.readyAt ?? Number.POSITIVE_INFINITY);
                earlier.push(call);
                continue;
              }
              waiting.delete(call);
              hasMoved = true;
              if (answer.outcome === "admitted") await store.settle(call.id, answer.fence, ENDED);
            }
            if (!hasMoved) {
              expect(next).toBeLessThan(Number.POSITIVE_INFINITY);
              clock.at = next;
            }
          }
          await store.close();
        }),
        { numRuns: name === "memory" ? 300 : 30 },
      );
    },
  );

  it("every store gives the answers that memory gives", { timeout: 240_000 }, async () => {
    const { memory, ...others } = STORES;
    if (memory === undefined) throw new Error("there is no store in memory");
    for (const open of Object.values(others)) {
      await fc.assert(
        fc.asyncProperty(setup.filter(isComparable), async (given) => {
          const clocks = [{ at: NOON }, { at: NOON }] as const;
          const [one, other] = [await memory(clocks[0]), await open(clocks[1])];
          const [playOne, playOther] = [player(one, clocks[0], given), player(other, clocks[1], given)];
          for (const wanted of given.actions) {
            expect(comparable(await playOther(wanted))).toEqual(comparable(await playOne(wanted)));
            for (const model of ["a", "b"]) {
              expect(await view(other, given.windows, model)).toEqual(await view(one, given.windows, model));
            }
          }
          await other.close();
        }),
        { numRuns: 500 },
      );
    }
  });

  it("every store counts what memory counts, over many calls and a clock that is set back", {
    timeout: 240_000,
  }, async () => {
    const { memory, ...others } = STORES;
    if (memory === undefined) throw new Error("there is no store in memory");
    const burst = fc.record({
      calls: fc.integer({ min: 1, max: 40 }),
      cost: fc.nat(600),
      model: fc.constantFrom("a", "b"),
      byMs: fc.constantFrom(0, 0, 1, 1_000, 3_600_000, 43_200_000, -1, -1_000, -7_200_000, FAR_MS, -FAR_MS),
    });
    const rule = fc.record({
      id: fc.uuid(),
      metric: fc.constantFrom("apiTokens" as const, "requests" as const),
      period,
      per: fc.constantFrom("model" as const, "tier" as const),
    });
    const rules = fc.array(rule, { minLength: 1, maxLength: 4 });
    const from = fc.constantFrom("start" as const, "end" as const);
    for (const open of Object.values(others)) {
      await fc.assert(
        fc.asyncProperty(
          rules,
          from,
          fc.array(burst, { minLength: 2, maxLength: 12 }),
          async (some, countFrom, bursts) => {
            const windows = some.map((fields) => ({ ...daily, ...fields, limit: 1e9 }));
            const clock = { at: NOON };
            const [one, other] = [await memory(clock), await open(clock)];
            for (const { calls, cost, byMs, ...fields } of bursts) {
              const wanted = { ...fields, windows, concurrency: null, countFrom };
              for (let number = 0; number < calls; number += 1)
                for (const store of [one, other]) await spend(store, cost, wanted);
              clock.at += byMs;
              for (const model of ["a", "b"]) {
                // Who runs is not compared: a place kept after its end is dropped by memory for good when the clock is set back.
                const counts = await Promise.all(
                  [one, other].map(async (store) => (await view(store, windows, model)).windows),
                );
                expect(counts[1]).toEqual(counts[0]);
              }
            }
            await other.close();
          },
        ),
        { numRuns: 30 },
      );
    }
  });
});
