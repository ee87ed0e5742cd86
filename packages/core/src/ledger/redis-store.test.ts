import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import { startChild } from "../testing/child.js";
import { createTestEngine, rejection } from "../testing/engine.js";
import { admitted, command, DAY_MS, daily, NOON, settlement, spend } from "../testing/ledger.js";
import { hasRedis, type RedisServer, startRedis } from "../testing/redis.js";
import { CLIENTS, ioredis, openRedisStore, ownServer, TIMEOUT_MS } from "../testing/redis-stores.js";
import { refusedURL } from "../testing/server.js";
import { checkLedgerOption, openLedger } from "./open-ledger.js";

const query = { account: "account", model: "gpt-4o-mini", windows: [daily] };
const PASSWORD = "p4ss-2f6e0c";

describe.skipIf(!hasRedis())("the Redis store", () => {
  let server: RedisServer;
  let direct: Redis;
  beforeAll(async () => {
    server = await startRedis();
    direct = new Redis(server.url);
  });
  afterAll(async () => {
    direct.disconnect();
    await server.stop();
  });

  describe.each(Object.entries(CLIENTS))("on %s", (_, connect) => {
    it("keeps an account from reservation to settlement, and shares it", async () => {
      const prefix = crypto.randomUUID();
      const [one, other] = [
        openRedisStore({ prefix, ...(await connect(server.url)) }),
        openRedisStore({ prefix, client: ioredis(server.url) }),
      ];
      const call = command();
      const { fence } = await admitted(one, call);
      expect(await other.reserve(command())).toMatchObject({ outcome: "queued", position: 0 });
      expect(await one.heartbeat(call.id, fence, 30_000)).toBe(true);
      expect(await one.settle(call.id, fence, settlement(1_000))).toBe(true);
      expect(await other.reserve(command())).toMatchObject({ outcome: "denied", used: 1_000 });
    });

    it("sends a script again that the server has forgotten", async () => {
      const store = openRedisStore(await connect(server.url));
      await spend(store, 1);
      await direct.script("FLUSH");
      await spend(store, 2);
      expect((await store.view(query)).windows[0]?.used).toBe(3);
    });

    it("closes what it opened itself, and nothing else", async () => {
      const clients = async () => String(await direct.client("LIST")).match(/(?<=^id=)\d+/gm) ?? ([] as string[]);
      const before = await clients();
      const options = await connect(server.url);
      const store = openRedisStore(options);
      await store.view(query);
      const own = (await clients()).filter((id) => !before.includes(id));
      expect(own).toHaveLength(1);
      await store.close();
      if (options.client === undefined) await expect.poll(clients).not.toContain(own[0]);
      else expect(await openRedisStore(options).view(query)).toMatchObject({ running: 0 });
    });
  });

  it("works on a cluster: the keys of an account lie in one slot", async () => {
    const port = await startClusterNode();
    const client = new Cluster([{ host: "127.0.0.1", port }]);
    onTestFinished(() => client.disconnect());
    const store = openRedisStore({ client, prefix: "in-a-cluster" });
    for (const account of ["a", "b", "c"]) {
      await spend(store, 5, { account });
      const [running, waiting] = [command({ account }), command({ account })];
      await admitted(store, running);
      await store.reserve(waiting);
      await store.block(account, { until: NOON, code: "daily_quota", rule: "r" });
      await store.learn(account, "hour", 7);
      expect(await store.recentCosts(account, "gpt-4o-mini", 5)).toEqual([5]);
      await store.cancel(waiting.id);
      expect(await store.view({ ...query, account })).toMatchObject({ running: 1, waiting: 0 });
    }
  });

  it("names its keys by prefix and account, the account as hash tag, and lets each expire", async () => {
    const store = openRedisStore({ prefix: "named", client: direct });
    const keys = async () => (await direct.keys("named:*")).toSorted();
    const immortal = async () => {
      const ages = await Promise.all((await keys()).map(async (key) => [key, await direct.pttl(key)] as const));
      return ages.filter(([, age]) => age < DAY_MS);
    };
    await store.view(query);
    await store.peek(command());
    expect(await immortal()).toEqual([]);
    const running = command();
    const { fence } = await admitted(store, running);
    await store.reserve(command({ id: "waits" }));
    expect(await immortal()).toEqual([]);
    await store.settle(running.id, fence, settlement(1_000));
    await store.block("account", { until: NOON, code: "daily_quota", rule: "r" });
    await store.learn("account", "hour", 7);
    expect(await immortal()).toEqual([]);
    // A call that was lost, and is charged when the next one asks and is denied.
    await admitted(store, command({ windows: [], account: "lost", leaseMs: 1 }));
    await expect
      .poll(() => store.peek(command({ windows: [{ ...daily, limit: 50 }], account: "lost" })))
      .toMatchObject({ outcome: "denied" });
    await store.reserve(command({ windows: [{ ...daily, limit: 50 }], account: "lost" }));
    await store.learn("other", "hour", 7);
    expect(await immortal()).toEqual([]);
    // The last that happens to an account may be a look at a day of many calls.
    const many = { account: "many", windows: [{ ...daily, limit: 1e9 }] };
    for (let index = 0; index < 40; index += 1) await spend(store, 1, many);
    await direct.del("named:{many}:sums");
    await store.view({ ...query, ...many });
    expect(await keys()).toContain("named:{many}:sums");
    expect(await immortal()).toEqual([]);
    for (const key of await keys()) expect(key).toMatch(/^named:\{(account|lost|many|other)\}:[a-z]+$/);
  });

  it("keeps a bounded number of sums, however many models callers name", async () => {
    const store = openRedisStore({ prefix: "bounded", client: direct });
    const windows = [{ ...daily, limit: 1e9, per: "model" as const }];
    for (let index = 0; index < 40; index += 1) await spend(store, 1, { windows });
    for (let index = 0; index < 3_000; index += 1) await store.peek(command({ windows, model: `model-${index}` }));
    expect(await direct.hlen("bounded:{account}:sums")).toBeLessThan(1_100);
    expect(await store.view({ ...query, windows })).toMatchObject({ windows: [{ used: 40 }] });
  });

  describe("a lease", () => {
    const at = (clock: { at: number }) => openRedisStore({ client: direct, now: () => clock.at });

    it("that ends without a sign is charged what it held, and the next gets the place", async () => {
      const clock = { at: NOON };
      const store = at(clock);
      const lost = command({ heldApiTokens: 70 });
      const { fence } = await admitted(store, lost);
      const mine = command({ leaseMs: 90_000 });
      expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
      clock.at += 29_999;
      expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
      clock.at += 1;
      expect(await store.view(query)).toMatchObject({ running: 0, windows: [{ used: 70, held: 0 }] });
      const { fence: newer } = await admitted(store, mine);
      expect(newer).toBeGreaterThan(fence);
      // The holder was not dead but asleep: whatever it writes now is stale.
      expect(await store.heartbeat(lost.id, fence, 30_000)).toBe(false);
      expect(await store.settle(lost.id, fence, settlement(5))).toBe(false);
      expect(await store.settle(mine.id, fence, settlement(5))).toBe(false);
      expect(await store.view(query)).toMatchObject({ running: 1, windows: [{ used: 70, held: 100 }] });
      expect(await store.settle(mine.id, newer, settlement(30))).toBe(true);
      expect((await store.view(query)).windows[0]).toMatchObject({ used: 100, held: 0 });
      // A guess teaches nothing about costs.
      expect(await store.recentCosts("account", "gpt-4o-mini", 9)).toEqual([30]);
    });

    it("lives on with signs", async () => {
      const clock = { at: NOON };
      const store = at(clock);
      const call = command();
      const { fence } = await admitted(store, call);
      for (let beat = 0; beat < 20; beat += 1) {
        clock.at += 25_000;
        expect(await store.heartbeat(call.id, fence, 30_000)).toBe(true);
        expect(await store.reserve(command({ id: "newcomer", leaseMs: 1e9 }))).toMatchObject({ outcome: "queued" });
      }
      expect(await store.settle(call.id, fence, settlement(5))).toBe(true);
    });

    it("and a ticket end by the server's own clock as well", async () => {
      const store = openRedisStore({ client: direct });
      await admitted(store, command({ leaseMs: 1, heldApiTokens: 70 }));
      const mine = command();
      await expect.poll(async () => (await store.reserve(mine)).outcome).toBe("admitted");
      await store.reserve(command({ id: "leaves without a word", leaseMs: 1 }));
      await expect.poll(async () => (await store.view(query)).waiting).toBe(0);
      expect(await store.reserve(command())).toMatchObject({ position: 0 });
    });

    it("of one that waits is its ticket: who gives no sign loses its turn, who asks keeps it", async () => {
      const clock = { at: NOON };
      const store = at(clock);
      const running = command({ leaseMs: 1e9 });
      const { fence } = await admitted(store, running);
      const [silent, mine] = [command(), command()];
      await store.reserve(silent);
      expect(await store.reserve(mine)).toMatchObject({ position: 1 });
      clock.at += 20_000;
      expect(await store.reserve(mine)).toMatchObject({ position: 1 });
      clock.at += 10_000;
      expect(await store.reserve(mine)).toMatchObject({ position: 0 });
      expect((await store.view(query)).waiting).toBe(1);
      await store.settle(running.id, fence, settlement(5));
      await admitted(store, mine);
      // The silent one was only slow: it begins at the end.
      expect(await store.reserve(silent)).toMatchObject({ outcome: "queued", position: 0 });
    });

    it("whose end the server has lost does not last for ever", async () => {
      const clock = { at: NOON };
      const store = openRedisStore({ client: direct, prefix: "evicted", now: () => clock.at });
      await admitted(store, command());
      await store.reserve(command({ id: "waits" }));
      // A server that is short of memory may drop any key.
      await direct.del("evicted:{account}:expiry");
      const mine = command({ leaseMs: 1e9 });
      expect(await store.reserve(mine)).toMatchObject({ outcome: "queued" });
      clock.at += 120_000;
      await store.reserve(mine);
      clock.at += 120_000;
      await admitted(store, mine);
    });
  });

  describe("the clock", () => {
    const DAYS = [-400, -3, 3, 400];

    it.each(DAYS)("is the server's: a machine that is %i days off counts the same day", async (days) => {
      const prefix = crypto.randomUUID();
      await spend(openRedisStore({ client: direct, prefix }), 1_000);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
      onTestFinished(() => void vi.useRealTimers());
      const store = openRedisStore({ client: direct, prefix });
      const [seconds = 0] = (await direct.time()).map(Number);
      const midnight = (Math.floor((seconds * 1_000 - 2_000) / DAY_MS) + 1) * DAY_MS + 2_000;
      expect((await store.view(query)).windows).toEqual([{ used: 1_000, held: 0, resetsAt: midnight }]);
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", resetsAt: midnight });
      const other = { ...daily, id: "other", limit: 5_000 };
      const answer = await admitted(store, command({ windows: [other] }));
      expect(Math.abs(answer.now - seconds * 1_000)).toBeLessThan(60_000);
    });

    it("may be set on a machine while it runs", async () => {
      onTestFinished(() => void vi.useRealTimers());
      const store = openRedisStore({ client: direct });
      await spend(store, 600);
      for (const days of DAYS) {
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
        expect((await store.view(query)).windows[0]?.used).toBe(600);
        vi.useRealTimers();
      }
      await spend(store, 400);
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied" });
    });
  });

  it("absorbs a command that is repeated because its answer was lost", async () => {
    const proxy = await startProxy(server.port);
    const prefix = crypto.randomUUID();
    const store = openRedisStore({ prefix, url: `redis://127.0.0.1:${proxy.port}` });
    const watcher = openRedisStore({ prefix, client: direct });
    await store.view(query);

    const call = command();
    proxy.loseNextAnswer();
    const { fence, used } = await admitted(store, call);
    expect(proxy.lost()).toBe(1);
    expect(used).toEqual([0]);
    expect(await watcher.view(query)).toMatchObject({ running: 1, waiting: 0, windows: [{ used: 0, held: 100 }] });

    const waiting = command();
    proxy.loseNextAnswer();
    expect(await store.reserve(waiting)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await watcher.view(query)).toMatchObject({ running: 1, waiting: 1 });

    proxy.loseNextAnswer();
    expect(await store.heartbeat(call.id, fence, 30_000)).toBe(true);
    proxy.loseNextAnswer();
    await store.settle(call.id, fence, settlement(40));
    proxy.loseNextAnswer();
    await store.cancel(waiting.id);
    expect(proxy.lost()).toBe(5);
    expect(await watcher.view(query)).toMatchObject({ running: 0, waiting: 0, windows: [{ used: 40, held: 0 }] });
    await expect(store.reserve(call)).rejects.toThrow(/has already been settled/);
  });

  describe("a server that has forgotten", () => {
    const LOST = /lost its data.*until the server refuses/;

    it("all by FLUSHALL is noticed once by each store, and the account begins anew", async () => {
      const own = await ownServer();
      const warnings: string[] = [];
      const store = openRedisStore({ url: own.url, warn: (text) => warnings.push(text) });
      await spend(store, 400);
      const running = command();
      const { fence } = await admitted(store, running);
      await ioredis(own.url).flushall();
      // The place may be another's by now.
      expect(await store.heartbeat(running.id, fence, 30_000)).toBe(false);
      expect(await store.settle(running.id, fence, settlement(1))).toBe(false);
      expect(warnings).toEqual([expect.stringMatching(LOST)]);
      const next = await admitted(store, command());
      expect(next.fence).toBeGreaterThan(fence);
      expect((await store.view(query)).windows[0]).toMatchObject({ used: 0, held: 100 });
      expect(warnings).toHaveLength(1);
    });

    it("all by a restart without persistence is noticed; fences go on growing", async () => {
      const own = await ownServer();
      const warnings: string[] = [];
      const store = openRedisStore({ url: own.url, warn: (text) => warnings.push(text) });
      const call = await spend(store, 400);
      const { fence } = await admitted(store, command());
      await own.restart();
      expect((await store.view(query)).windows[0]?.used).toBe(0);
      expect(warnings).toEqual([expect.stringMatching(LOST)]);
      const again = await admitted(store, { ...call, id: crypto.randomUUID() });
      expect(again.fence).toBeGreaterThan(fence);
    });

    it("nothing, thanks to its log on disk, goes on after a crash, between any two steps", async () => {
      const own = await ownServer({ isPersistent: true });
      const warnings: string[] = [];
      const store = openRedisStore({ url: own.url, warn: (text) => warnings.push(text) });
      await spend(store, 100);
      const call = command();
      const { fence } = await admitted(store, call);
      await own.restart();
      expect(await store.reserve(command({ id: "waits" }))).toMatchObject({ outcome: "queued" });
      await own.restart();
      expect(await store.heartbeat(call.id, fence, 30_000)).toBe(true);
      expect(await store.view(query)).toMatchObject({ running: 1, waiting: 1 });
      await own.restart();
      expect(await store.settle(call.id, fence, settlement(50))).toBe(true);
      await own.restart();
      await admitted(store, command({ id: "waits" }));
      expect((await store.view(query)).windows[0]).toMatchObject({ used: 150, held: 100 });
      expect(warnings).toEqual([]);
    });
  });

  describe("a password", () => {
    it("is used, and is in no error, neither in its message nor in what it was caused by", async () => {
      const own = await ownServer();
      const address = (password: string) => `redis://:${password}@127.0.0.1:${own.port}`;
      await ioredis(own.url).config("SET", "requirepass", PASSWORD);
      await spend(openRedisStore({ url: address(PASSWORD) }), 1);

      const wrong = `${PASSWORD}-wrong`;
      const store = openRedisStore({ url: address(wrong), timeoutMs: TIMEOUT_MS });
      const error = await rejection(store.reserve(command()));
      expect(error).toSatisfy(LedgerError.isInstance);
      expect((error as Error).message).toMatch(/WRONGPASS|NOAUTH|invalid username-password/i);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(PASSWORD);
    });

    it.each([
      `redis://:${PASSWORD}@127.0.0.1:notaport`,
      `redis://user:${PASSWORD}/and-more@127.0.0.1:6379`,
      `redis://user:${PASSWORD}@and-more@127.0.0.1:port`,
      `redis://user:and-more/${PASSWORD}@host:1`,
      `redis://user:and-more@x/${PASSWORD}@host:port`,
      `redis:user:${PASSWORD}@host`,
      `http://user:${PASSWORD}@host`,
    ])("is in no message about the option, as in %s", (ledger) => {
      let message = "";
      try {
        checkLedgerOption(ledger);
        return;
      } catch (error) {
        message = inspect(error);
      }
      expect(message).toMatch(/LAPLAS_LEDGER/);
      expect(message).not.toContain(PASSWORD);
    });
  });

  describe("the client library", () => {
    it("is ioredis or, where that is missing, node-redis", async () => {
      const child = startChild("redis-by-url.ts", server.url, "ioredis");
      expect(await child.line("{")).toBe('{"used":12,"closed":true}');
      expect(await child.ended()).toBe(0);
    });

    it("is asked for by name where both are missing", async () => {
      const child = startChild("redis-by-url.ts", server.url, "ioredis,redis");
      expect(await child.line("invalid_options")).toMatch(
        /Option "ledger" \(LAPLAS_LEDGER\) is an address of Redis, and no client for it is installed: npm install ioredis/,
      );
    });
  });

  it("opens by the option's address, its warnings are the engine's", async () => {
    const own = await ownServer();
    const warnings: string[] = [];
    const store = await openLedger({
      ledger: own.url as `redis://${string}`,
      synchronous: "normal",
      now: () => NOON,
      warn: (text) => warnings.push(text),
      environment: {},
    });
    onTestFinished(() => store.close());
    await spend(store, 5);
    await ioredis(own.url).flushall();
    await store.view(query);
    expect(warnings).toEqual([expect.stringMatching(/lost its data/)]);
  });

  it("keeps an upstream's refusal until the day's end by the server's clock, not by one that is days off", async () => {
    const store = openRedisStore({ client: direct });
    const { laplas, events } = createTestEngine("http://upstream.test/v1", {
      ledger: store,
      now: () => Date.now() + 5 * DAY_MS,
      fetch: async () => new Response("You've run out of credits.", { status: 403 }),
    });
    await rejection(laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }));
    expect(events.map(({ type }) => type)).toContain("upstream-quota");
    const { blockedUntil } = await laplas.status();
    const [seconds = 0] = (await direct.time()).map(Number);
    expect(blockedUntil?.getTime()).toBeGreaterThan(seconds * 1_000);
    expect(blockedUntil?.getTime()).toBeLessThanOrEqual(seconds * 1_000 + DAY_MS + 120_000);
  });
});

/** A cluster of one node, which refuses a script whose keys lie in several slots. */
async function startClusterNode(): Promise<number> {
  const { port } = new URL(await refusedURL());
  const directory = mkdtempSync(join(tmpdir(), "laplas-cluster-"));
  const node = spawn(
    "redis-server",
    [
      "--port",
      port,
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--cluster-announce-ip",
      "127.0.0.1",
      "--cluster-enabled",
      "yes",
      "--cluster-config-file",
      join(directory, "nodes.conf"),
    ],
    { stdio: "ignore" },
  );
  onTestFinished(async () => {
    node.kill("SIGKILL");
    if (node.exitCode === null && node.signalCode === null) await once(node, "exit");
    rmSync(directory, { recursive: true, force: true });
  });
  const admin = new Redis({ port: Number(port), retryStrategy: () => 10, maxRetriesPerRequest: null });
  admin.on("error", () => {});
  onTestFinished(() => admin.disconnect());
  await admin.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
  await expect.poll(async () => String(await admin.call("CLUSTER", "INFO"))).toContain("cluster_state:ok");
  return Number(port);
}

/** Stands before a server, and can lose an answer: the server has done what was asked, and who asked hears nothing but the end. */
async function startProxy(target: number): Promise<{ port: number; loseNextAnswer(): void; lost(): number }> {
  let losing = false;
  let lost = 0;
  const sockets: Set<Socket> = new Set();
  const proxy = createServer((caller) => {
    const upstream = connectSocket(target, "127.0.0.1");
    let isScript = false;
    for (const socket of [caller, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        caller.destroy();
        upstream.destroy();
      });
    }
    caller.on("data", (data) => {
      isScript = /eval/i.test(data.toString("latin1"));
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      // Not an answer that says only that the script is not known yet, nor one to a greeting.
      if (losing && isScript && !data.toString("latin1").startsWith("-NOSCRIPT")) {
        losing = false;
        lost += 1;
        caller.destroy();
        return;
      }
      caller.write(data);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    port: (proxy.address() as { port: number }).port,
    loseNextAnswer: () => {
      losing = true;
    },
    lost: () => lost,
  };
}
