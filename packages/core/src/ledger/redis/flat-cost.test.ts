import { describe, expect, it } from "vitest";
import { admitted, claimsOf, command, daily, holds, NOON, settlement, teachUse } from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import { openRedisStore, sharedServer } from "../../testing/redis-stores.js";
import type { WindowRule } from "../../tier/tier.js";

const ROWS = 100_000;
/** Over eleven hours before noon: the day holds all, and each window loses some as time goes by. */
const APART_MS = 396;
const MOST_READ = 64;

const windows: readonly WindowRule[] = [
  { ...daily, limit: 1e9 },
  { ...daily, id: "rolling", limit: 1e9, period: { type: "rolling", spanMs: 6 * 3_600_000 } },
  { ...daily, id: "minute", limit: 1e9, period: { type: "minute" }, marginMs: 0 },
  { ...daily, id: "refill", limit: 1_000, period: { type: "bucket", spanMs: 60_000 } },
  { ...daily, id: "month", limit: 1e9, period: { type: "month", zone: "Europe/Berlin", resetHour: 0 } },
];

describe.skipIf(!hasRedis())("a step on Redis", () => {
  const shared = sharedServer();

  /** Rows as settled calls leave them, many at a time. */
  const fill = async (prefix: string): Promise<void> => {
    for (let first = 0; first < ROWS; first += 1_000) {
      const rows: (string | number)[] = [];
      for (let row = first; row < first + 1_000; row += 1) rows.push(NOON - (ROWS - row) * APART_MS, `row-${row}|1`);
      await shared.direct.zadd(`${prefix}:{account}:charges:credits`, ...rows);
    }
  };

  const storeThatCounts = (prefix: string) => {
    const clock = { at: NOON };
    const counted = { most: 0 };
    const onRead = (elements: number) => {
      counted.most = Math.max(counted.most, elements);
    };
    return { clock, counted, store: openRedisStore({ client: shared.direct, prefix, now: () => clock.at, onRead }) };
  };

  it("reads no more with a day of 100,000 calls than with none", async () => {
    const [full, empty] = [storeThatCounts("full"), storeThatCounts("empty")];
    await fill("full");
    // What stands against the windows is summed once, and kept.
    expect((await full.store.view("account", claimsOf(windows))).windows[0]?.used).toBe(ROWS);
    for (const { clock, counted, store } of [full, empty]) {
      counted.most = 0;
      for (let call = 0; call < 200; call += 1) {
        const wanted = command({ windows });
        const { fence } = await admitted(store, wanted);
        await holds(store, wanted.id, fence);
        clock.at += 2 * APART_MS;
        await store.peek(command({ windows }));
        await store.settle(wanted.id, fence, settlement(1));
        await store.view("account", claimsOf(windows));
        await store.recentCosts("account", "gpt-4o-mini", "credits", 20);
      }
      expect(counted.most).toBeGreaterThan(0);
      expect(counted.most).toBeLessThanOrEqual(MOST_READ);
    }
    expect((await full.store.view("account", claimsOf(windows))).windows[0]?.used).toBe(ROWS + 200);
    expect(full.counted.most - empty.counted.most).toBeLessThan(20);
  });

  it("reads no more while calls of a time far ahead stand there, which count in no window", async () => {
    const { clock, counted, store } = storeThatCounts("ahead");
    await fill("ahead");
    const ahead = Array.from({ length: 1_000 }, (_, row) => [NOON + 20 * 86_400_000 + row, `ahead-${row}|1`]).flat();
    await shared.direct.zadd("ahead:{account}:charges:credits", ...ahead);
    expect((await store.view("account", claimsOf(windows))).windows[0]?.used).toBe(ROWS);
    counted.most = 0;
    for (let call = 0; call < 50; call += 1) {
      const wanted = command({ windows });
      const { fence } = await admitted(store, wanted);
      clock.at += 2 * APART_MS;
      await store.settle(wanted.id, fence, settlement(1));
      await store.view("account", claimsOf(windows));
    }
    expect(counted.most).toBeLessThanOrEqual(MOST_READ);
    expect((await store.view("account", claimsOf(windows))).windows[0]?.used).toBe(ROWS + 50);
  });

  it("reads no more to hear how much the server counts, with many calls that run elsewhere", async () => {
    const { clock, counted, store } = storeThatCounts("lessons");
    await fill("lessons");
    const perModel = { ...daily, metric: "requests", per: "model", limit: 1e9 } as const;
    const fields = { windows: [...windows.slice(0, 2), perModel], concurrency: null };
    await store.view("account", claimsOf(windows));
    for (let call = 0; call < 3; call += 1) {
      const wanted = command(fields);
      const { fence } = await admitted(store, wanted);
      await store.settle(wanted.id, fence, settlement(1, { lingerMs: 5_000 }));
    }
    for (let call = 0; call < 200; call += 1) await admitted(store, command({ ...fields, model: `model-${call}` }));
    const { fence } = await admitted(store, command(fields));
    counted.most = 0;
    for (const rule of [...windows, perModel])
      for (const used of [5 * ROWS, 2]) await teachUse(store, rule, used, fence);
    expect(counted.most).toBeGreaterThan(0);
    expect(counted.most).toBeLessThanOrEqual(MOST_READ);
    const [costs, model] = (await store.view("account", claimsOf([fields.windows[0] ?? daily, perModel]))).windows;
    // Of the model three may run on; of the account many do.
    expect((costs?.used ?? 0) + (costs?.held ?? 0)).toBeGreaterThanOrEqual(5 * ROWS);
    expect(model?.used).toBe(5 * ROWS - 1);
    clock.at += 5_000;
    await teachUse(store, perModel, 2, fence);
    expect(await store.view("account", claimsOf([perModel]))).toMatchObject({ windows: [{ used: 2, held: 1 }] });
    expect(counted.most).toBeLessThanOrEqual(MOST_READ);
  });

  it("reads no more with a window that is full, and says exactly when the next call passes", async () => {
    const { clock, counted, store } = storeThatCounts("denied");
    await fill("denied");
    const spanMs = 6 * 3_600_000;
    const windowOf = (limit: number) => ({ ...daily, limit, period: { type: "rolling", spanMs } }) as const;
    const [{ used } = { used: 0 }] = (await store.view("account", claimsOf([windowOf(1)]))).windows;
    const full = command({ windows: [windowOf(used)], countOwnHold: true, heldApiTokens: 3 });
    const oldestAt = NOON - Math.floor((spanMs - 1) / APART_MS) * APART_MS;
    const resetsAt = oldestAt + 2 * APART_MS + spanMs;
    counted.most = 0;
    expect(await store.peek(full)).toMatchObject({ outcome: "denied", used, resetsAt });
    clock.at = resetsAt - 1;
    expect(await store.peek(full)).toMatchObject({ outcome: "denied", resetsAt });
    clock.at = resetsAt;
    expect(await store.peek(full)).toMatchObject({ outcome: "admitted" });
    expect(counted.most).toBeLessThanOrEqual(MOST_READ);
  });

  it("reads no more with many that wait: to join, and as the first that asks", async () => {
    const { counted, store } = storeThatCounts("waiting");
    const limits = windows.slice(0, 2);
    const running = command({ windows: limits });
    const { fence } = await admitted(store, running);
    const waiting = Array.from({ length: 500 }, () => command({ windows: limits }));
    for (const [place, call] of waiting.entries()) expect(await store.reserve(call)).toMatchObject({ position: place });
    await store.settle(running.id, fence, settlement(1));
    for (const call of waiting.slice(0, 50)) {
      const { fence: newer } = await admitted(store, call);
      await store.settle(call.id, newer, settlement(1));
    }
    expect(counted.most).toBeLessThanOrEqual(MOST_READ);
  });

  it("drops a few of the rows that no window counts any more, and never the newest ten thousand", async () => {
    const { clock, store } = storeThatCounts("old");
    await fill("old");
    const key = "old:{account}:charges:credits";
    const day = [{ ...daily, limit: 1e9 }];
    const settle = async (): Promise<void> => {
      const wanted = command({ windows: day });
      const { fence } = await admitted(store, wanted);
      await store.settle(wanted.id, fence, settlement(1));
    };
    await settle();
    expect(await shared.direct.zcard(key)).toBe(ROWS + 1);
    // A clock that is wrong for a moment costs a few rows of a day that is over, or of one that is not.
    clock.at += 40 * 86_400_000;
    await settle();
    await settle();
    expect(await shared.direct.zcard(key)).toBe(ROWS + 3 - 2 * 8);
    clock.at = NOON;
    // The two calls of that time count in no window.
    expect((await store.view("account", claimsOf(day))).windows[0]?.used).toBe(ROWS + 1 - 2 * 8);
    await shared.direct.zremrangebyrank(key, 0, -10_000);
    await shared.direct.del("old:{account}:totals");
    clock.at += 80 * 86_400_000;
    for (let call = 0; call < 3; call += 1) await settle();
    expect(await shared.direct.zcard(key)).toBe(10_000);
    expect((await store.view("account", claimsOf(day))).windows[0]?.used).toBe(3);
  });

  it("reads no more with many lanes that wait", async () => {
    const { counted, store } = storeThatCounts("lanes");
    const perModel = [{ ...daily, limit: 1e9, scope: "model" as const }];
    const running = command({ windows: perModel });
    const { fence } = await admitted(store, running);
    const waiting = Array.from({ length: 100 }, (_, model) => command({ windows: perModel, model: `model-${model}` }));
    for (const [place, call] of waiting.entries()) expect(await store.reserve(call)).toMatchObject({ position: place });
    await store.settle(running.id, fence, settlement(1));
    for (const call of waiting.slice(0, 50)) {
      const { fence: newer } = await admitted(store, call);
      await store.settle(call.id, newer, settlement(1));
    }
    expect(counted.most).toBeLessThanOrEqual(MOST_READ);
  });
});
