import { describe, expect, it, onTestFinished } from "vitest";
import { rejection } from "../../testing/engine.js";
import { createRedisStore as createFirstEdition, type FirstEditionCommand } from "../../testing/first-edition-redis.js";
import { admitted, claimsOf, command, DAY_MS, daily, NOON } from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import { openRedisStore, sharedServer } from "../../testing/redis-stores.js";

const HOUR_MS = 3_600_000;
const requests = { ...daily, id: "requests", meter: "requests", limit: 10 } as const;
const perModel = [
  { ...daily, scope: "model" },
  { ...requests, scope: "model" },
] as const;

describe.skipIf(!hasRedis())("an account of the first edition", () => {
  const shared = sharedServer();
  let made = 0;

  /** A store of each edition on the same keys and clock. */
  const both = () => {
    made += 1;
    const clock = { at: NOON };
    const options = { client: shared.direct, prefix: `edition-${made}`, now: () => clock.at };
    const old = createFirstEdition(options);
    onTestFinished(() => old.close());
    return { clock, old, store: openRedisStore(options), prefix: options.prefix };
  };

  let calls = 0;
  const oldCommand = (fields: Partial<FirstEditionCommand> = {}): FirstEditionCommand => {
    calls += 1;
    return {
      id: `old-${calls}`,
      account: "account",
      model: "gpt-4o-mini",
      modelClass: "regular",
      surface: "api",
      heldApiTokens: 100,
      countOwnHold: false,
      concurrency: null,
      leaseMs: 30_000,
      ...fields,
      // In its words a window had a metric, counted per model or tier, and bound a surface.
      windows: (fields.windows ?? [{ ...daily, limit: 1e9 }]).map((window) => ({
        ...window,
        metric: "apiTokens",
        per: "tier",
        surface: "both",
      })),
    };
  };

  const spendOld = async (
    old: ReturnType<typeof both>["old"],
    apiTokens: number,
    fields: Partial<FirstEditionCommand> = {},
    more: { readonly estimated?: boolean; readonly lingerMs?: number } = {},
  ): Promise<void> => {
    const wanted = oldCommand(fields);
    const { fence } = await old.reserve(wanted);
    await old.settle(wanted.id, fence, { apiTokens, estimated: false, lingerMs: 0, clearsBlock: false, ...more });
  };

  it("counts on in the buckets of the account and of each model, whatever the class and the surface", async () => {
    const { old, store, prefix } = both();
    await spendOld(old, 100);
    await spendOld(old, 20, { model: "o1", modelClass: "pro" });
    await spendOld(old, 3, { model: "o1", modelClass: "pro", surface: "playground" });
    await spendOld(old, 0.5, { surface: "playground" });
    const used = async (model: string) =>
      (await store.view("account", claimsOf([daily, requests, ...perModel], model))).windows.map(
        (window) => window.used,
      );
    expect(await used("o1")).toEqual([123.5, 4, 23, 2]);
    expect(await used("gpt-4o-mini")).toEqual([123.5, 4, 100.5, 2]);
    const charges = `${prefix}:{account}:charges:`;
    const buckets = (await shared.direct.keys(`${charges}*`)).map((key) => key.slice(charges.length)).toSorted();
    expect(buckets).toEqual(["credits", "requests"].flatMap((meter) => [meter, `${meter}:gpt-4o-mini`, `${meter}:o1`]));
  });

  it("counts what is older than two days by its cost alone", async () => {
    const { clock, old, store } = both();
    const month = { ...daily, limit: 1e9, period: { type: "rolling", spanMs: 30 * DAY_MS } } as const;
    await spendOld(old, 40, { windows: [month] });
    clock.at += 2 * DAY_MS + 1;
    await spendOld(old, 2, { windows: [month] });
    const { windows } = await store.view("account", claimsOf([month, { ...month, meter: "requests" }]));
    expect(windows.map(({ used }) => used)).toEqual([42, 1]);
  });

  it("keeps its costs, its block and what it has learned", async () => {
    const { clock, old, store } = both();
    for (const apiTokens of [1, 2, 3]) {
      await spendOld(old, apiTokens);
      clock.at += 1;
    }
    await spendOld(old, 77, {}, { estimated: true });
    await old.learn("account", "hour", 7.25);
    await old.block("account", { until: NOON + HOUR_MS, code: "daily_quota", rule: "upstream" });
    expect(await store.recentCosts("account", "gpt-4o-mini", "credits", 9)).toEqual([3, 2, 1]);
    expect(await store.learned("account", "hour")).toBe(7.25);
    expect(await store.reserve(command())).toMatchObject({
      outcome: "denied",
      reason: "upstream",
      resetsAt: NOON + HOUR_MS,
    });
    clock.at = NOON + HOUR_MS;
    expect(await admitted(store, command())).toMatchObject({ probes: ["account"] });
  });

  it("is not touched while one of its calls runs, and says what to do", async () => {
    const { clock, old, store } = both();
    const running = oldCommand();
    const { fence } = await old.reserve(running);
    for (const step of [() => store.reserve(command()), () => store.view("account", [])]) {
      expect(await rejection(step())).toMatchObject({
        code: "ledger",
        message: expect.stringMatching(/older version.*Update them, or wait/),
      });
    }
    clock.at += 29_999;
    expect(await rejection(store.reserve(command()))).toMatchObject({ code: "ledger" });
    // The old process goes on undisturbed.
    expect(await old.heartbeat(running.id, fence, 30_000)).toBe(true);
    await old.settle(running.id, fence, { apiTokens: 9, estimated: false, lingerMs: 0, clearsBlock: false });
    expect((await store.view("account", claimsOf([daily]))).windows[0]?.used).toBe(9);
  });

  it("charges what a call held whose process gave no sign any more", async () => {
    const { clock, old, store } = both();
    await old.reserve(oldCommand({ heldApiTokens: 70 }));
    clock.at += 30_000;
    expect(await store.view("account", claimsOf([daily, requests]))).toMatchObject({
      running: 0,
      windows: [{ used: 70 }, { used: 1 }],
    });
  });

  it("keeps a place that was kept after a call's end", async () => {
    const { clock, old, store } = both();
    await spendOld(old, 5, {}, { lingerMs: 5_000 });
    const waiting = command({ patienceMs: 60_000 });
    expect(await store.reserve(waiting)).toMatchObject({ outcome: "queued", readyAt: NOON + 5_000 });
    clock.at += 5_000;
    await admitted(store, waiting);
    expect((await store.view("account", claimsOf([daily]))).windows[0]?.used).toBe(5);
  });

  it("is closed to a process of the first edition from then on, in each of its steps", async () => {
    const { old, store, prefix } = both();
    const waiting = oldCommand({ concurrency: 1 });
    await spendOld(old, 5);
    await admitted(store, command());
    const steps = {
      reserve: () => old.reserve(waiting),
      peek: () => old.peek(waiting),
      view: () => old.view({ account: "account", model: "gpt-4o-mini", windows: [daily] }),
      settle: () => old.settle(waiting.id, 1, { apiTokens: 1, estimated: false, lingerMs: 0, clearsBlock: true }),
      heartbeat: () => old.heartbeat(waiting.id, 1, 30_000),
      block: () => old.block("account", { until: NOON + 1, code: "daily_quota", rule: "r" }),
    };
    const keys = await shared.direct.keys(`${prefix}:*`);
    for (const [name, step] of Object.entries(steps)) {
      expect(await rejection(step()), name).toMatchObject({
        code: "ledger",
        message: expect.stringMatching(/WRONGTYPE/),
      });
    }
    expect((await shared.direct.keys(`${prefix}:*`)).toSorted()).toEqual(keys.toSorted());
    expect(await store.view("account", claimsOf([daily]))).toMatchObject({ running: 1, windows: [{ used: 5 }] });
  });

  it("that never was is closed to it as well", async () => {
    const { old, store } = both();
    await admitted(store, command());
    expect(await rejection(old.reserve(oldCommand()))).toMatchObject({ code: "ledger" });
  });

  it("leaves no key behind that nobody reads, and its fences go on growing", async () => {
    const { clock, old, store, prefix } = both();
    clock.at = NOON + 10 * DAY_MS;
    const first = oldCommand();
    const { fence } = await old.reserve(first);
    await old.settle(first.id, fence, { apiTokens: 9, estimated: false, lingerMs: 0, clearsBlock: false });
    clock.at = NOON;
    expect((await admitted(store, command())).fence).toBeGreaterThan(fence);
    const names = (await shared.direct.keys(`${prefix}:*`)).map((key) => key.slice(`${prefix}:{account}:`.length));
    for (const part of ["queue", "tickets", "held", "expiry", "settled", "ended", "learned"])
      expect(names).not.toContain(part);
  });
});
