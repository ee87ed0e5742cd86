import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { admitted, claimsOf, command, daily, holds, NOON, settlement, spend } from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import { ioredis, openRedisStore, ownServer, sharedServer } from "../../testing/redis-stores.js";
import type { RedisStoreOptions } from "./redis-store.js";

const claims = claimsOf([daily]);
const LOST = /lost its data.*until the server refuses/;
const LEASE_MS = 30_000;

describe.skipIf(!hasRedis())("a Redis that has lost", () => {
  const shared = sharedServer();
  let made = 0;

  /** Stores of one account and one clock, and what they warn of. */
  const stores = () => {
    made += 1;
    const clock = { at: NOON };
    const prefix = `lost-${made}`;
    const open = (options: RedisStoreOptions = {}) => {
      const warnings: string[] = [];
      const warn = (text: string) => void warnings.push(text);
      return {
        store: openRedisStore({ client: shared.direct, prefix, now: () => clock.at, warn, ...options }),
        warnings,
      };
    };
    /** As FLUSHALL does, for these keys. */
    const lose = async (parts = "*") => {
      const keys = await shared.direct.keys(`${prefix}:{account}:${parts}`);
      expect(keys).not.toEqual([]);
      await shared.direct.del(...keys);
    };
    return { clock, open, lose };
  };

  describe("everything", () => {
    it("is told, once by each store, what runs: the call goes on and is charged", async () => {
      const { clock, open, lose } = stores();
      const [one, other] = [open(), open()];
      await spend(one.store, 400);
      const running = command();
      const { fence } = await admitted(one.store, running);
      await other.store.view("account", claims);
      await lose();
      expect(await holds(one.store, running.id, fence)).toBe(true);
      expect(await other.store.view("account", claims)).toMatchObject({
        running: 1,
        windows: [{ used: 0, held: 100 }],
      });
      clock.at += 10;
      expect(await one.store.settle(running.id, fence, settlement(30))).toBe(true);
      expect(await one.store.settle(running.id, fence, settlement(30))).toBe(false);
      expect(await other.store.view("account", claims)).toMatchObject({ running: 0, windows: [{ used: 30, held: 0 }] });
      for (const { warnings } of [one, other]) expect(warnings).toEqual([expect.stringMatching(LOST)]);
    });

    it("admits nothing for a lease: others may still run what it has forgotten", async () => {
      const { clock, open, lose } = stores();
      const [one, other] = [open(), open()];
      const { fence } = await admitted(one.store, command());
      await other.store.view("account", claims);
      await lose();
      const mine = command({ leaseMs: 1e9 });
      const readyAt = NOON + LEASE_MS;
      expect(await other.store.reserve(mine)).toMatchObject({ outcome: "queued", position: 0, readyAt });
      // A newcomer is told to wait as well.
      expect(await open().store.reserve(command({ account: "account" }))).toMatchObject({ outcome: "queued", readyAt });
      clock.at = readyAt - 1;
      expect(await other.store.reserve(mine)).toMatchObject({ outcome: "queued", readyAt });
      // The process whose call ran has died with the server.
      clock.at = readyAt;
      expect((await admitted(other.store, mine)).fence).toBeGreaterThan(fence);
    });

    it("gets the running calls back before the lease is over, and admits none beside them", async () => {
      const { clock, open, lose } = stores();
      const [one, other] = [open(), open()];
      const running = command();
      const { fence } = await admitted(one.store, running);
      await other.store.view("account", claims);
      await lose();
      const mine = command({ leaseMs: 1e9 });
      await other.store.reserve(mine);
      for (let beat = 0; beat < 10; beat += 1) {
        clock.at += 5_000;
        expect(await holds(one.store, running.id, fence)).toBe(true);
        expect(await other.store.reserve(mine)).toMatchObject({ outcome: "queued" });
      }
      await one.store.settle(running.id, fence, settlement(1));
      await admitted(other.store, mine);
    });

    it("never admits a call beside one of the same store", async () => {
      const { clock, open, lose } = stores();
      const { store } = open();
      const { fence } = await admitted(store, command({ leaseMs: 1e9 }));
      await lose();
      const next = command({ leaseMs: 1e9 });
      expect(await store.reserve(next)).toMatchObject({ outcome: "queued", readyAt: NOON + LEASE_MS });
      clock.at += LEASE_MS;
      const answer = await store.reserve(next);
      expect(answer).toMatchObject({ outcome: "queued" });
      expect(answer).not.toHaveProperty("readyAt");
      expect(fence).toBeGreaterThan(0);
    });

    it("charges a call that ends before its next sign", async () => {
      const { open, lose } = stores();
      const { store } = open();
      const running = command({ countFrom: "start" });
      const { fence } = await admitted(store, running);
      await lose();
      expect(await store.settle(running.id, fence, settlement(30))).toBe(true);
      expect(await store.view("account", claims)).toMatchObject({ running: 0, windows: [{ used: 30, held: 0 }] });
    });

    it("gives back no call that was taken back", async () => {
      const { open, lose } = stores();
      const { store } = open();
      const [settled, cancelled] = [await spend(store, 5), command()];
      await admitted(store, cancelled);
      await store.cancel(cancelled.id);
      await lose();
      expect(await store.view("account", claims)).toMatchObject({ running: 0, windows: [{ used: 0, held: 0 }] });
      expect(settled.id).not.toBe(cancelled.id);
    });

    it("is met by many steps at once, and warned of once", async () => {
      const { open, lose } = stores();
      const { store, warnings } = open();
      const running = command();
      const { fence } = await admitted(store, running);
      await lose();
      const steps = Array.from({ length: 20 }, () => store.view("account", claims));
      await Promise.all([...steps, holds(store, running.id, fence), store.reserve(command())]);
      expect(warnings).toHaveLength(1);
      expect(await store.view("account", claims)).toMatchObject({ running: 1, waiting: 1 });
    });

    it("lets a store that saw nothing of it begin anew, and the running call is there with its next sign", async () => {
      const { open, lose } = stores();
      const one = open();
      const running = command();
      const { fence } = await admitted(one.store, running);
      await lose();
      // Nobody can tell it from an account that is new. The README says so.
      const fresh = open();
      await admitted(fresh.store, command());
      expect(await holds(one.store, running.id, fence)).toBe(true);
      expect(await fresh.store.view("account", claims)).toMatchObject({ running: 2 });
      expect(await fresh.store.reserve(command())).toMatchObject({ outcome: "queued" });
      expect([one.warnings.length, fresh.warnings.length]).toEqual([1, 0]);
    });
  });

  describe("a part", () => {
    it("such as the charges of a bucket alone says so, once", async () => {
      const { open, lose } = stores();
      const { store, warnings } = open();
      for (let call = 0; call < 3; call += 1) await spend(store, 100);
      await lose("charges:credits");
      expect((await store.view("account", claims)).windows[0]?.used).toBe(0);
      expect(warnings).toEqual([expect.stringMatching(LOST)]);
      await spend(store, 5);
      expect((await store.view("account", claims)).windows[0]?.used).toBe(5);
      expect(warnings).toHaveLength(1);
    });

    it("such as the sums alone counts them again", async () => {
      const { open, lose } = stores();
      const { store, warnings } = open();
      for (let call = 0; call < 3; call += 1) await spend(store, 100);
      await lose("totals");
      expect((await store.view("account", claims)).windows[0]?.used).toBe(300);
      await spend(store, 5);
      expect((await store.view("account", claims)).windows[0]?.used).toBe(305);
      expect(warnings).toEqual([]);
    });

    it("such as the state alone keeps what was used and gets back what runs", async () => {
      const { open, lose } = stores();
      const { store, warnings } = open();
      await spend(store, 100);
      const running = command();
      const { fence } = await admitted(store, running);
      await store.reserve(command({ id: "waits" }));
      await lose("state");
      expect(await holds(store, running.id, fence)).toBe(true);
      expect(await store.view("account", claims)).toMatchObject({
        running: 1,
        waiting: 0,
        windows: [{ used: 100, held: 100 }],
      });
      expect(warnings).toHaveLength(1);
    });

    it("says nothing of charges that no window counts any more", async () => {
      const { clock, open, lose } = stores();
      const { store, warnings } = open();
      await spend(store, 100);
      clock.at += 20 * 86_400_000;
      await lose("charges:credits");
      expect((await store.view("account", claims)).windows[0]?.used).toBe(0);
      expect(warnings).toEqual([]);
    });
  });

  it("its newest writes, as a replica that was promoted has, is told what runs", async () => {
    const replica = await ownServer();
    const second = ioredis(replica.url);
    const clock = { at: NOON };
    let current = shared.direct;
    const client = {
      evalsha: (...args: Parameters<Redis["evalsha"]>) => current.evalsha(...args),
      eval: (...args: Parameters<Redis["eval"]>) => current.eval(...args),
    } as RedisStoreOptions["client"];
    const warnings: string[] = [];
    const options = { client, prefix: "promoted", now: () => clock.at };
    const [one, other] = [openRedisStore({ ...options, warn: (text) => warnings.push(text) }), openRedisStore(options)];
    await spend(one, 100);
    await second.replicaof("127.0.0.1", shared.server.port);
    await expect.poll(() => second.exists("promoted:{account}:state")).toBe(1);
    await second.replicaof("NO", "ONE");
    const running = command();
    const { fence } = await admitted(one, running);
    await other.view("account", claims);
    current = second;

    const mine = command();
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued", readyAt: NOON + LEASE_MS });
    expect(await holds(one, running.id, fence)).toBe(true);
    clock.at += LEASE_MS - 1;
    expect(await holds(one, running.id, fence)).toBe(true);
    clock.at += 1;
    const answer = await other.reserve(mine);
    expect(answer).toMatchObject({ outcome: "queued" });
    expect(answer).not.toHaveProperty("readyAt");
    expect((await one.view("account", claims)).windows[0]).toMatchObject({ used: 100, held: 100 });
    expect(warnings).toHaveLength(1);
  });

  describe("and a server that has just been started", () => {
    it("waits for the calls that ran before: all but a lease of its own age", async () => {
      const own = await ownServer();
      const store = openRedisStore({ url: own.url, restartPauseMs: undefined });
      const answer = await store.reserve(command());
      expect(answer).toMatchObject({ outcome: "queued", position: 0, readyAt: expect.any(Number) });
      const { readyAt = 0, now } = answer as { readyAt?: number; now: number };
      expect(readyAt - now).toBeGreaterThan(0);
      expect(readyAt - now).toBeLessThanOrEqual(LEASE_MS);
    });

    it("waits for nothing where it is said to be new, or says nothing of its age", async () => {
      const own = await ownServer();
      await admitted(openRedisStore({ url: own.url, restartPauseMs: 0 }), command());
      await ioredis(own.url).acl("SETUSER", "default", "-info");
      await admitted(openRedisStore({ client: ioredis(own.url), restartPauseMs: undefined }), command());
    });

    it("goes on with what it has on its disk, between any two steps", async () => {
      const own = await ownServer({ isPersistent: true });
      const warnings: string[] = [];
      const store = openRedisStore({ url: own.url, warn: (text) => warnings.push(text) });
      await spend(store, 100);
      const call = command();
      const { fence } = await admitted(store, call);
      await own.restart();
      expect(await store.reserve(command({ id: "waits" }))).toMatchObject({ outcome: "queued" });
      await own.restart();
      expect(await holds(store, call.id, fence)).toBe(true);
      expect(await store.view("account", claims)).toMatchObject({ running: 1, waiting: 1 });
      await own.restart();
      expect(await store.settle(call.id, fence, settlement(50))).toBe(true);
      await own.restart();
      await admitted(store, command({ id: "waits" }));
      expect((await store.view("account", claims)).windows[0]).toMatchObject({ used: 150, held: 100 });
      expect(warnings).toEqual([]);
    });

    it("and has nothing on its disk is noticed; fences go on growing", async () => {
      const own = await ownServer();
      const warnings: string[] = [];
      const clock = { at: NOON };
      const store = openRedisStore({ url: own.url, now: () => clock.at, warn: (text) => warnings.push(text) });
      await spend(store, 400);
      const { fence } = await admitted(store, command({ concurrency: null, leaseMs: 1e9 }));
      await own.restart();
      expect((await store.view("account", claims)).windows[0]).toMatchObject({ used: 0, held: 100 });
      expect(warnings).toEqual([expect.stringMatching(LOST)]);
      clock.at += LEASE_MS;
      const again = await admitted(store, command({ concurrency: null }));
      expect(again.fence).toBeGreaterThan(fence);
    });
  });
});
