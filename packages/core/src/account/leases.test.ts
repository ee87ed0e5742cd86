import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import type { Lease } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { createLeases, LEASE_MS } from "./leases.js";

beforeEach(
  () =>
    void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout", "performance"] }),
);
afterEach(() => void vi.useRealTimers());

const HEARTBEAT_MS = 5_000;

/** Leases on a store that answers heartbeats as told. */
function setup(heartbeat: (leases: readonly Lease[]) => Promise<readonly Lease[]> = async () => []) {
  const beats: string[][] = [];
  const store = {
    ...createMemoryStore({ now: () => 0 }),
    async heartbeat(account: string, leases: readonly Lease[], leaseMs: number): Promise<Lease[]> {
      expect([account, leaseMs]).toEqual(["account", LEASE_MS]);
      beats.push(leases.map(({ id }) => id));
      return [...(await heartbeat(leases))];
    },
  };
  const leases = createLeases(async () => ({ store, name: "account" }));
  return { leases, beats };
}
const away = () => Promise.reject(new LedgerError("the server is away"));
const one: Lease = { id: "one", fence: 1 };
const other: Lease = { id: "other", fence: 2 };

describe("leases", () => {
  it("are all prolonged by one step every five seconds, while there are any", async () => {
    const { leases, beats } = setup();
    const held = leases.hold(one);
    const second = leases.hold(other);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS - 1);
    expect(beats).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(beats).toEqual([["one", "other"]]);
    second.end();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 98);
    expect([beats.length, beats.at(-1), held.lost.aborted]).toEqual([99, ["one"], false]);
    held.end();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 9);
    expect([beats.length, vi.getTimerCount()]).toEqual([99, 0]);
  });

  it("are prolonged with the tickets of those that wait, until the last of them has left", async () => {
    const { leases, beats } = setup();
    const [first, last] = [leases.wait(), leases.wait()];
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    first();
    first();
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(beats).toEqual([[], []]);
    last();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are lost where the ledger says so, and those alone", async () => {
    const { leases } = setup(async () => [one]);
    const [lost, kept] = [leases.hold(one), leases.hold(other)];
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    expect(LedgerError.isInstance(lost.lost.reason)).toBe(true);
    expect(lost.lost.reason.message).toMatch(
      /^This call has lost its slot in the ledger, since no sign of it came in time or the ledger lost its data/,
    );
    expect(kept.lost.aborted).toBe(false);
    kept.end();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("give no more signs once the only one is lost", async () => {
    const { leases, beats } = setup(async () => [one]);
    leases.hold(one);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 3);
    expect([beats.length, vi.getTimerCount()]).toEqual([1, 0]);
  });

  it("are not lost by an answer that comes after their end", async () => {
    let answer = (_: Lease[]): void => {};
    const { leases } = setup(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const held = leases.hold(one);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS);
    held.end();
    answer([one]);
    await vi.advanceTimersByTimeAsync(0);
    expect(held.lost.aborted).toBe(false);
  });

  it("are given up before others may take them, when the ledger can't be reached", async () => {
    const { leases, beats } = setup(away);
    const { lost } = leases.hold(one);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(lost.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lost.reason).toMatchObject({
      code: "ledger",
      message: expect.stringMatching(/can't be reached.*server is away/),
    });
    expect([beats.length, vi.getTimerCount()]).toEqual([5, 0]);
  });

  it("are given up one by one: a younger one has more time", async () => {
    const { leases } = setup(away);
    const old = leases.hold(one);
    await vi.advanceTimersByTimeAsync(10_000);
    const young = leases.hold(other);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([old.lost.aborted, young.lost.aborted]).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(young.lost.aborted).toBe(true);
  });

  it("are given up too where the ledger does not answer at all", async () => {
    const { leases } = setup(() => new Promise(() => {}));
    const { lost } = leases.hold(one);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(lost.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lost.aborted).toBe(true);
  });

  it("count from when the last sign was asked, not from its answer", async () => {
    let signs = 0;
    const { leases } = setup(() => {
      signs += 1;
      if (signs > 1) return away();
      // Asked after 5 s, heard after 9.9 s.
      return new Promise((resolve) => setInterval(() => resolve([]), 4_900));
    });
    const { lost } = leases.hold(one);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(lost.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lost.aborted).toBe(true);
  });

  it("are kept over signs that fail, when one is heard in time", async () => {
    let signs = 0;
    const { leases, beats } = setup(async () => {
      signs += 1;
      return signs % 3 === 0 ? [] : away();
    });
    const { lost } = leases.hold(one);
    await vi.advanceTimersByTimeAsync(HEARTBEAT_MS * 60);
    expect([beats.length, lost.aborted]).toEqual([60, false]);
  });
});
