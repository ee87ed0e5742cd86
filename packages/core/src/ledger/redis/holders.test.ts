import { describe, expect, it } from "vitest";
import { admitted, claimsOf, command, daily, holds, NOON, settlement } from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import { openRedisStore, sharedServer } from "../../testing/redis-stores.js";

const claims = claimsOf([daily]);

describe.skipIf(!hasRedis())("a holder on Redis", () => {
  const shared = sharedServer();
  let made = 0;

  /** Stores of one account and one clock; each is a holder. */
  const stores = () => {
    made += 1;
    const clock = { at: NOON };
    const options = { client: shared.direct, prefix: `holders-${made}`, now: () => clock.at };
    return { clock, prefix: options.prefix, one: openRedisStore(options), other: openRedisStore(options) };
  };

  it("that gives no sign is charged what it held, and the next gets the slot when its request may have ended", async () => {
    const { clock, one, other } = stores();
    const lost = command({ heldApiTokens: 70 });
    const { fence } = await admitted(one, lost);
    const mine = command({ leaseMs: 90_000 });
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 29_999;
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 1;
    // It died at the latest when its next sign was due: what it had sent was given up 20 seconds ago.
    expect(await other.view("account", claims)).toMatchObject({ running: 0, windows: [{ used: 70, held: 0 }] });
    const { fence: newer } = await admitted(other, mine);
    expect(newer).toBeGreaterThan(fence);
    // The holder was not dead but asleep: it breaks its call off.
    expect(await holds(one, lost.id, fence)).toBe(false);
    expect(await other.settle(mine.id, fence, settlement(5))).toBe(false);
    expect(await other.view("account", claims)).toMatchObject({ running: 1, windows: [{ used: 70, held: 100 }] });
    expect(await other.settle(mine.id, newer, settlement(30))).toBe(true);
    expect((await other.view("account", claims)).windows[0]).toMatchObject({ used: 100, held: 0 });
    // A guess teaches nothing about costs.
    expect(await other.recentCosts("account", "gpt-4o-mini", "credits", 9)).toEqual([30]);
  });

  it("that was given up soon after its last sign leaves its slot taken while its request may run", async () => {
    const { clock, one, other } = stores();
    await admitted(one, command({ leaseMs: 1_000 }));
    clock.at += 1_000;
    const mine = command();
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued" });
    expect(await other.view("account", claims)).toMatchObject({ running: 1, windows: [{ used: 100, held: 0 }] });
    clock.at += 4_999;
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 1;
    await admitted(other, mine);
  });

  it("that settles late puts the true cost in place of what it held, once, and frees nothing", async () => {
    const { clock, one, other } = stores();
    const lost = command({ heldApiTokens: 70 });
    const { fence } = await admitted(one, lost);
    clock.at += 30_000;
    const mine = command();
    await admitted(other, mine);
    expect(await one.settle(lost.id, fence, settlement(5))).toBe(true);
    expect(await one.settle(lost.id, fence, settlement(6))).toBe(false);
    expect(await other.view("account", claims)).toMatchObject({ running: 1, windows: [{ used: 5, held: 100 }] });
    expect(await other.reserve(command())).toMatchObject({ outcome: "queued" });
    expect(await other.recentCosts("account", "gpt-4o-mini", "credits", 9)).toEqual([5]);
  });

  it("lives on with signs, whichever of its calls they are for: all its rows live by them", async () => {
    const { clock, one, other } = stores();
    const call = command();
    const { fence } = await admitted(one, call);
    const waiting = command();
    await one.reserve(waiting);
    for (let beat = 0; beat < 20; beat += 1) {
      clock.at += 25_000;
      expect(await holds(one, call.id, fence)).toBe(true);
      expect(await other.reserve(command({ id: "newcomer", leaseMs: 1e9 }))).toMatchObject({ position: 1 });
    }
    expect(await one.settle(call.id, fence, settlement(5))).toBe(true);
    await admitted(one, waiting);
  });

  it("hears in one step which of its leases are lost", async () => {
    const { clock, one, other } = stores();
    const [lost, kept] = [command({ concurrency: null }), command({ concurrency: null })];
    const { fence } = await admitted(one, lost);
    clock.at += 30_000;
    await other.view("account", claims);
    const { fence: newer } = await admitted(one, kept);
    const leases = [
      { id: lost.id, fence },
      { id: kept.id, fence: newer },
      { id: "unknown", fence: 1 },
    ];
    expect(await one.heartbeat("account", leases, 30_000)).toEqual([leases[0], leases[2]]);
  });

  it("ends by the server's own clock as well, with its tickets", async () => {
    const options = { client: shared.direct, prefix: "by-the-server" };
    const [one, other, third] = [openRedisStore(options), openRedisStore(options), openRedisStore(options)];
    await admitted(one, command({ leaseMs: 1, heldApiTokens: 70, concurrency: null }));
    await expect.poll(async () => (await other.view("account", claims)).windows[0]?.used).toBe(70);
    const mine = command({ concurrency: 1 });
    await admitted(other, mine);
    await third.reserve(command({ id: "leaves without a word", leaseMs: 1 }));
    await expect.poll(async () => (await other.view("account", claims)).waiting).toBe(0);
    expect(await other.reserve(command())).toMatchObject({ position: 0 });
  });

  it("that waits keeps its turn by asking, and loses it in silence", async () => {
    const { clock, one, other } = stores();
    const running = command({ leaseMs: 1e9 });
    const third = openRedisStore({ client: shared.direct, prefix: `holders-${made}`, now: () => clock.at });
    const { fence } = await admitted(third, running);
    const [silent, mine] = [command(), command()];
    await one.reserve(silent);
    expect(await other.reserve(mine)).toMatchObject({ position: 1 });
    clock.at += 20_000;
    expect(await other.reserve(mine)).toMatchObject({ position: 1 });
    clock.at += 10_000;
    expect(await other.reserve(mine)).toMatchObject({ position: 0 });
    expect((await other.view("account", claims)).waiting).toBe(1);
    await third.settle(running.id, fence, settlement(5));
    await admitted(other, mine);
    // The silent one was only slow: it begins at the end.
    expect(await one.reserve(silent)).toMatchObject({ outcome: "queued", position: 0 });
  });

  it("whose sign lies ahead, since the clock was set back, is believed for a lease and no longer", async () => {
    const { clock, one, other } = stores();
    await admitted(one, command());
    clock.at -= 30 * 86_400_000;
    const mine = command();
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 29_999;
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued" });
    clock.at += 1;
    await admitted(other, mine);
  });

  it.each(["signs", "running", "waiting"])("whose %s the server has dropped holds nobody up for ever", async (part) => {
    const { clock, prefix, one, other } = stores();
    await admitted(one, command());
    await one.reserve(command({ id: "waits" }));
    await shared.direct.del(`${prefix}:{account}:${part}`);
    const mine = command({ leaseMs: 1e9 });
    expect(await other.reserve(mine)).toMatchObject({ outcome: "queued", position: 1 });
    clock.at += 120_000;
    await other.reserve(mine);
    clock.at += 120_000;
    await admitted(other, mine);
  });

  it("whose tickets the server has dropped joins again when it asks, and counts once", async () => {
    const { prefix, one } = stores();
    const rolling = { ...daily, limit: 400, period: { type: "rolling", spanMs: 60_000 } } as const;
    const call = () => command({ windows: [rolling] });
    const [running, first, second] = [call(), call(), call()];
    const { fence } = await admitted(one, running);
    await one.reserve(first);
    await one.reserve(second);
    const [lane = ""] = await shared.direct.keys(`${prefix}:{account}:lane:*`);
    await shared.direct.del(lane);
    expect(await one.reserve(first)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await one.reserve(second)).toMatchObject({ outcome: "queued", position: 1 });
    // 100 run, 200 wait: there is room for another 100, so it waits for the slot alone.
    expect(await one.peek(call())).toMatchObject({ outcome: "queued", position: 2 });
    await one.settle(running.id, fence, settlement(1));
    await admitted(one, first);
    expect(await one.reserve(second)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await one.view("account", claims)).toMatchObject({ waiting: 1, windows: [{ held: 100 }] });
  });
});
