import type { Laplas } from "@laplas/core";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createFeed, type Feed, type FeedUpdate, type Watcher } from "./feed.js";
import { createHourlyUse } from "./hourly-use.js";
import { createRecentCalls } from "./recent-calls.js";

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-03-10T12:00:00.000Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const account = { running: 0, looks: 0, error: undefined as Error | undefined };
  const status = async () => {
    account.looks += 1;
    if (account.error !== undefined) throw account.error;
    return { tier: "free", ledger: "memory", windows: [], running: account.running, waiting: 0, calls: [] };
  };
  const unit = { name: "API tokens", field: "apiTokens" } as const;
  const tier = { name: "free", title: "free", unit, rules: [] };
  const calls = createRecentCalls({ now: Date.now, unit });
  const hours = createHourlyUse(unit);
  const provider = { id: "laplas", title: "laplas", unit, tier, terms: {} };
  const laplas = { tier, status, provider, providers: [provider] } as unknown as Laplas;
  const feed = createFeed({ laplas, playground: undefined, showsPrompts: false, calls, hours, now: Date.now });
  const end = (): void =>
    calls.ended(
      {
        type: "call",
        at: new Date(),
        requestId: "r",
        endpoint: "chat",
        provider: "laplas",
        model: "m",
        streamed: false,
        outcome: "answered",
        apiTokens: 1,
        estimated: false,
        adjusted: [],
        waitedMs: 0,
        durationMs: 1,
      },
      undefined,
    );
  return { account, feed, end };
}

async function watch(feed: Feed): Promise<{ updates: FeedUpdate[]; log: string[]; stop: (() => void) | undefined }> {
  const updates: FeedUpdate[] = [];
  const log: string[] = [];
  const watcher: Watcher = {
    update: (update) => void updates.push(update),
    still: () => void log.push("still"),
    end: () => void log.push("end"),
  };
  return { updates, log, stop: await feed.watch(watcher) };
}

it("tells everything at first, then what changes", async () => {
  const { account, feed, end } = setUp();
  end();
  const { updates } = await watch(feed);
  expect(updates[0]).toMatchObject({
    now: "2026-03-10T12:00:00.000Z",
    about: { tier: { name: "free" }, playground: null, shows_prompts: false },
    quota: { object: "quota", running: 0 },
    live: [],
    problem: null,
    calls: [{ id: 0 }],
  });
  await vi.advanceTimersByTimeAsync(1_000);
  updates.length = 0;
  account.running = 1;
  await vi.advanceTimersByTimeAsync(500);
  expect(updates).toMatchObject([{ quota: { running: 1 } }]);
  expect(updates[0]?.calls).toBeUndefined();
  end();
  await vi.advanceTimersByTimeAsync(500);
  expect(updates[1]).toMatchObject({ calls: [{ id: 1 }] });
  expect(updates).toHaveLength(2);
});

it("tells of calls within a tenth of a second, those that end together in one update", async () => {
  const { feed, end } = setUp();
  const { updates } = await watch(feed);
  updates.length = 0;
  end();
  await vi.advanceTimersByTimeAsync(50);
  end();
  await vi.advanceTimersByTimeAsync(50);
  expect(updates).toMatchObject([{ calls: [{ id: 0 }, { id: 1 }] }]);
});

it("tells of an account that can't be read, and of the end of that", async () => {
  const { account, feed } = setUp();
  account.error = new Error("The ledger is gone.");
  const { updates } = await watch(feed);
  expect(updates[0]).toMatchObject({ problem: "The ledger is gone." });
  account.error = undefined;
  await vi.advanceTimersByTimeAsync(500);
  expect(updates.at(-1)).toMatchObject({ problem: null, quota: { object: "quota" } });
});

it("gives a sign when nothing happens, so that a reader who is gone is noticed", async () => {
  const { feed } = setUp();
  const { log } = await watch(feed);
  await vi.advanceTimersByTimeAsync(35_000);
  expect(log).toEqual(["still", "still"]);
});

it("looks at the account only while somebody watches", async () => {
  const { account, feed, end } = setUp();
  end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(account.looks).toBe(0);
  const one = await watch(feed);
  const other = await watch(feed);
  one.stop?.();
  await vi.advanceTimersByTimeAsync(1_000);
  const before = account.looks;
  expect(before).toBeGreaterThan(2);
  other.stop?.();
  end();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(account.looks).toBe(before);
});

it("takes so many watchers and no more, and ends them all", async () => {
  const { feed } = setUp();
  const watchers: Awaited<ReturnType<typeof watch>>[] = [];
  // Also those that come all at once, while the account is read.
  watchers.push(...(await Promise.all(Array.from({ length: 60 }, () => watch(feed)))));
  expect(watchers.splice(50).map(({ stop }) => stop)).toEqual(Array.from({ length: 10 }, () => undefined));
  expect((await watch(feed)).stop).toBeUndefined();
  watchers[0]?.stop?.();
  expect((await watch(feed)).stop).toBeTypeOf("function");
  feed.end();
  expect(watchers.map(({ log }) => log).filter((log) => log.includes("end"))).toHaveLength(49);
  expect((await watch(feed)).stop).toBeUndefined();
});
