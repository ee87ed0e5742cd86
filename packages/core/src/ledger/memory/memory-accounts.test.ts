import { describe, expect, it, onTestFinished } from "vitest";
import { COST_BUCKET } from "../../account/bucket-name.js";
import type { LaplasOptions } from "../../options.js";
import { ask, createPair, createTestEngine } from "../../testing/engine.js";
import {
  admitted,
  claimsOf,
  command,
  DAY_MS,
  daily,
  NOON,
  settlement,
  spend,
  type TestClock,
  teachBlock,
  teachValue,
} from "../../testing/ledger.js";
import type { LedgerStore } from "../ledger-store.js";
import { createMemoryAccounts } from "./memory-accounts.js";
import { createMemoryStore } from "./memory-store.js";

const viewOf = (store: LedgerStore) => store.view("account", claimsOf([daily]));

describe("engines with ledger memory in one process", () => {
  it.each<[string, LaplasOptions]>([
    ["patienceMs", { patienceMs: 50_000 }],
    ["admission", { admission: "worst-case" }],
    ["timeoutMs", { timeoutMs: 60_000 }],
    ["tier", { tier: "playground" }],
  ])("share the account of their key and address when they differ in %s", async (_, options) => {
    const { laplas, sandbox } = await createPair({ ledger: "memory" }, { latencyMs: 20 });
    const other = createTestEngine(sandbox.baseURL, { ledger: "memory", ...options }).laplas;
    const calls = [1, 2, 3].flatMap(() => [laplas.chat(ask("Hello")), other.chat(ask("Hello"))]);
    await Promise.all(calls);
    expect(sandbox.counts()).toMatchObject({ received: 6, answered: 6, refused: 0 });
    for (const engine of [laplas, other]) expect((await engine.status()).windows[0]?.used).toBe(6 * 16);
  });

  it("keep the accounts of other keys and addresses apart", async () => {
    const { laplas, sandbox } = await createPair({ ledger: "memory" });
    const { laplas: elsewhere } = await createPair({ ledger: "memory" });
    const { laplas: another } = createTestEngine(sandbox.baseURL, { ledger: "memory", apiKey: "another-key" });
    await laplas.chat(ask("Hello"));
    for (const engine of [elsewhere, another]) expect((await engine.status()).windows[0]?.used).toBe(0);
  });

  it("keep it while one of them is open, and forget it with the last", async () => {
    const { laplas, sandbox } = await createPair({ ledger: "memory" });
    const { laplas: other } = createTestEngine(sandbox.baseURL, { ledger: "memory", maxQueue: 9 });
    await laplas.chat(ask("Hello"));
    await other.chat(ask("Hello"));
    await laplas.close();
    expect((await other.status()).windows[0]?.used).toBe(2 * 16);
    await other.close();
    const { laplas: third } = createTestEngine(sandbox.baseURL, { ledger: "memory" });
    expect((await third.status()).windows[0]?.used).toBe(0);
  });

  it("find the place of a call that another has broken off by closing taken for as long as it may run", async () => {
    const { laplas, sandbox } = await createPair({ ledger: "memory" });
    const { laplas: other } = createTestEngine(sandbox.baseURL, { ledger: "memory", maxQueue: 9 });
    // Both know the account.
    await other.status();
    sandbox.fault({ kind: "slow", firstByteMs: 1_000 });
    const broken = laplas.chat(ask("Hello")).catch(() => "broken off");
    await expect.poll(sandbox.running).toBe(1);
    await laplas.close();
    expect(await broken).toBe("broken off");
    expect((await other.check(ask("Hello"))).verdict).toBe("wait");
  });
});

describe("stores on the same accounts in memory", () => {
  const setup = () => {
    const memory = createMemoryAccounts();
    const clocks: [TestClock, TestClock] = [{ at: NOON }, { at: NOON }];
    const one = createMemoryStore({ now: () => clocks[0].at, memory });
    const other = createMemoryStore({ now: () => clocks[1].at, memory });
    onTestFinished(() => Promise.all([one.close(), other.close()]).then(() => {}));
    return { memory, clocks, one, other };
  };

  it("decide as one: place, queue, use, block and what was learned", async () => {
    const { one, other } = setup();
    const first = command();
    const { fence } = await admitted(one, first);
    const second = command();
    expect(await other.reserve(second)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await one.reserve(command())).toMatchObject({ outcome: "queued", position: 1 });
    await one.settle(first.id, fence, settlement(300));
    await teachValue(one, "key", 5);
    expect((await admitted(other, second)).fence).toBeGreaterThan(fence);
    expect((await viewOf(other)).windows[0]).toMatchObject({ used: 300, held: 100 });
    expect(await other.learned("account", "key")).toBe(5);
    await teachBlock(other, { until: NOON + 1 });
    expect(await one.reserve(command())).toMatchObject({ outcome: "denied", reason: "upstream" });
  });

  it("count by their own clocks, as processes on a file do", async () => {
    const { one, other, clocks } = setup();
    clocks[1].at = NOON + DAY_MS;
    await spend(one, 700);
    expect((await viewOf(one)).windows[0]?.used).toBe(700);
    expect((await viewOf(other)).windows[0]?.used).toBe(0);
  });

  it("end what one of them leaves behind: tickets go, what runs is charged, its place kept for a moment", async () => {
    const { one, other, clocks, memory } = setup();
    const running = command({ heldApiTokens: 40 });
    const { fence } = await admitted(one, running);
    await one.reserve(command());
    const mine = command();
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued", position: 1 });
    await one.close();
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await viewOf(other)).toMatchObject({ running: 1, waiting: 1, windows: [{ used: 40, held: 0 }] });
    // A word that comes later puts the true cost in the place of what was held, once, and frees nothing.
    expect(await one.settle(running.id, fence, settlement(7))).toBe(true);
    expect(await one.settle(running.id, fence, settlement(8))).toBe(false);
    expect(await viewOf(other)).toMatchObject({ running: 1, windows: [{ used: 7, held: 0 }] });
    clocks[1].at += 5_000;
    await admitted(other, mine);
    expect(await other.recentCosts("account", "gpt-4o-mini", COST_BUCKET, 9)).toEqual([7]);
    await other.close();
    expect(memory.accounts.size).toBe(1);
  });

  it("forget an account with the last of them, but not before its requests have ended", async () => {
    const { one, other, clocks, memory } = setup();
    await spend(one, 1);
    await admitted(other, command());
    await one.close();
    expect(memory.accounts.size).toBe(1);
    await other.close();
    expect(memory.accounts.size).toBe(1);
    const later = createMemoryStore({ now: () => clocks[0].at, memory });
    expect((await viewOf(later)).running).toBe(1);
    clocks[0].at += 5_000;
    await later.close();
    expect([memory.accounts.size, memory.rows.size]).toEqual([0, 0]);
  });
});
