import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectSocket, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Cluster, Redis } from "ioredis";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { LedgerError } from "../../errors/setup-errors.js";
import { startChild } from "../../testing/child.js";
import { createTestEngine, rejection } from "../../testing/engine.js";
import {
  admitted,
  claimsOf,
  command,
  DAY_MS,
  daily,
  holds,
  NOON,
  settlement,
  spend,
  teachBlock,
  teachCount,
  teachUse,
  teachValue,
} from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import { CLIENTS, ioredis, openRedisStore, ownServer, sharedServer, TIMEOUT_MS } from "../../testing/redis-stores.js";
import { refusedURL } from "../../testing/server.js";
import { checkLedgerOption, openLedger } from "../open-ledger.js";

const claims = claimsOf([daily]);
const PASSWORD = "p4ss-2f6e0c";

describe.skipIf(!hasRedis())("the Redis store", () => {
  const shared = sharedServer();

  describe.each(Object.entries(CLIENTS))("on %s", (_, connect) => {
    it("keeps an account from reservation to settlement, and shares it", async () => {
      const prefix = crypto.randomUUID();
      const [one, other] = [
        openRedisStore({ prefix, ...(await connect(shared.server.url)) }),
        openRedisStore({ prefix, client: ioredis(shared.server.url) }),
      ];
      const call = command();
      const { fence } = await admitted(one, call);
      expect(await other.reserve(command())).toMatchObject({ outcome: "queued", position: 0 });
      expect(await holds(one, call.id, fence)).toBe(true);
      expect(await one.settle(call.id, fence, settlement(1_000))).toBe(true);
      expect(await other.reserve(command())).toMatchObject({ outcome: "denied", used: 1_000 });
    });

    it("is shared: what two stores count at once is one number", async () => {
      const prefix = crypto.randomUUID();
      const one = openRedisStore({ prefix, ...(await connect(shared.server.url)) });
      const other = openRedisStore({ prefix, client: ioredis(shared.server.url) });
      await Promise.all(Array.from({ length: 40 }, (_, n) => teachCount(n % 2 === 0 ? one : other, "asked", 1)));
      for (const store of [one, other]) expect(await store.learned("account", "asked")).toBe(40);
    });

    it("sends a script again that the server has forgotten", async () => {
      const store = openRedisStore(await connect(shared.server.url));
      await spend(store, 1);
      await shared.direct.script("FLUSH");
      await spend(store, 2);
      expect((await store.view("account", claims)).windows[0]?.used).toBe(3);
    });

    it("closes what it opened itself, and nothing else", async () => {
      const clients = async () =>
        String(await shared.direct.client("LIST")).match(/(?<=^id=)\d+/gm) ?? ([] as string[]);
      const before = await clients();
      const options = await connect(shared.server.url);
      const store = openRedisStore(options);
      await store.view("account", claims);
      const own = (await clients()).filter((id) => !before.includes(id));
      expect(own).toHaveLength(1);
      await store.close();
      if (options.client === undefined) await expect.poll(clients).not.toContain(own[0]);
      else expect(await openRedisStore(options).view("account", claims)).toMatchObject({ running: 0 });
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
      await teachBlock(store, { until: NOON }, account);
      await teachValue(store, "hour", 7, account);
      expect(await store.recentCosts(account, "gpt-4o-mini", "credits", 5)).toEqual([5]);
      await store.cancel(waiting.id);
      expect(await store.view(account, claims)).toMatchObject({ running: 1, waiting: 0 });
    }
  });

  it("names its keys by prefix and account, the account as hash tag, and lets each expire", async () => {
    const store = openRedisStore({ prefix: "named", client: shared.direct });
    const keys = async () => (await shared.direct.keys("named:*")).toSorted();
    const immortal = async () => {
      const ages = await Promise.all((await keys()).map(async (key) => [key, await shared.direct.pttl(key)] as const));
      return ages.filter(([, age]) => age < DAY_MS);
    };
    await store.view("account", claims);
    await store.peek(command());
    expect(await immortal()).toEqual([]);
    const running = command();
    const { fence } = await admitted(store, running);
    await store.reserve(command({ id: "waits" }));
    expect(await immortal()).toEqual([]);
    await store.settle(running.id, fence, settlement(1_000));
    await teachBlock(store);
    await teachValue(store, "hour", 7);
    expect(await immortal()).toEqual([]);
    // What keeps the first edition out lives as long as the account.
    await shared.direct.pexpire("named:{account}:meta", 1_000);
    await teachValue(store, "hour", 8);
    expect(await immortal()).toEqual([]);
    // A call that was lost, and is charged when the next one asks and is denied.
    await admitted(store, command({ windows: [], account: "lost", leaseMs: 1 }));
    await expect
      .poll(() => store.peek(command({ windows: [{ ...daily, limit: 50 }], account: "lost" })))
      .toMatchObject({ outcome: "denied" });
    await store.reserve(command({ windows: [{ ...daily, limit: 50 }], account: "lost" }));
    await teachValue(store, "hour", 7, "other");
    expect(await immortal()).toEqual([]);
    // The last that happens to an account may be a look at a day of many calls.
    const many = { account: "many", windows: [{ ...daily, limit: 1e9 }] };
    for (let index = 0; index < 40; index += 1) await spend(store, 1, many);
    await shared.direct.del("named:{many}:totals");
    await store.view("many", claims);
    expect(await keys()).toContain("named:{many}:totals");
    expect(await immortal()).toEqual([]);
    for (const key of await keys()) expect(key).toMatch(/^named:\{(account|lost|many|other)\}:[a-z]+(:[a-z0-9]+)?$/);
  });

  it("keeps a block that no clock ends when nobody calls any more, and what may have to be given up beside it", async () => {
    const store = openRedisStore({ prefix: "blocked", client: shared.direct });
    const century = 36_525 * DAY_MS;
    const until = Date.now() + century;
    await admitted(store, command({ heldApiTokens: 5 }));
    await store.reserve(command({ id: "waits" }));
    await teachBlock(store, { code: "payment_required", until, longestMs: century, needsProbe: false });
    await teachUse(store, daily, 50, 1e15);
    const parts = ["state", "meta", "running", "waiting", "signs"];
    const ages = () => Promise.all(parts.map((part) => shared.direct.pttl(`blocked:{account}:${part}`)));
    expect(Math.min(...(await ages()))).toBeGreaterThan(century - DAY_MS);
    expect(await shared.direct.pttl("blocked:{account}:charges:credits")).toBeLessThan(365 * DAY_MS);
    await store.teach("account", [{ kind: "lift", name: "account" }]);
    expect(Math.max(...(await ages()))).toBeLessThan(365 * DAY_MS);
  });

  it("keeps nothing of what callers only ask, however many models they name", async () => {
    const store = openRedisStore({ prefix: "bounded", client: shared.direct });
    const windows = [{ ...daily, limit: 1e9, scope: "model" as const }];
    for (let index = 0; index < 40; index += 1) await spend(store, 1, { windows });
    const keys = (await shared.direct.keys("bounded:*")).length;
    for (let index = 0; index < 3_000; index += 1) await store.peek(command({ windows, model: `model-${index}` }));
    expect(await shared.direct.keys("bounded:*")).toHaveLength(keys);
    // The bucket of all models, which every call counts in, and the model's own.
    expect(await shared.direct.hkeys("bounded:{account}:totals")).toHaveLength(2);
    expect(await store.view("account", claimsOf(windows))).toMatchObject({ windows: [{ used: 40 }] });
  });

  describe("the clock", () => {
    const DAYS = [-400, -3, 3, 400];

    it.each(DAYS)("is the server's: a machine that is %i days off counts the same day", async (days) => {
      const prefix = crypto.randomUUID();
      await spend(openRedisStore({ client: shared.direct, prefix }), 1_000);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
      onTestFinished(() => void vi.useRealTimers());
      const store = openRedisStore({ client: shared.direct, prefix });
      const [seconds = 0] = (await shared.direct.time()).map(Number);
      const midnight = (Math.floor((seconds * 1_000 - 2_000) / DAY_MS) + 1) * DAY_MS + 2_000;
      expect((await store.view("account", claims)).windows).toEqual([{ used: 1_000, held: 0, resetsAt: midnight }]);
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied", resetsAt: midnight });
      const other = { ...daily, id: "other", limit: 5_000 };
      const answer = await admitted(store, command({ windows: [other] }));
      expect(Math.abs(answer.now - seconds * 1_000)).toBeLessThan(60_000);
    });

    it("may be set on a machine while it runs", async () => {
      onTestFinished(() => void vi.useRealTimers());
      const store = openRedisStore({ client: shared.direct });
      await spend(store, 600);
      for (const days of DAYS) {
        vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
        expect((await store.view("account", claims)).windows[0]?.used).toBe(600);
        vi.useRealTimers();
      }
      await spend(store, 400);
      expect(await store.reserve(command())).toMatchObject({ outcome: "denied" });
    });
  });

  it("absorbs a command that is repeated because its answer was lost", async () => {
    const proxy = await startProxy(shared.server.port);
    const prefix = crypto.randomUUID();
    const store = openRedisStore({ prefix, url: `redis://127.0.0.1:${proxy.port}` });
    const watcher = openRedisStore({ prefix, client: shared.direct });
    await store.view("account", claims);

    const call = command();
    proxy.loseNextAnswer();
    const { fence, used } = await admitted(store, call);
    expect(proxy.lost()).toBe(1);
    expect(used).toEqual([0]);
    expect(await watcher.view("account", claims)).toMatchObject({
      running: 1,
      waiting: 0,
      windows: [{ used: 0, held: 100 }],
    });

    const waiting = command();
    proxy.loseNextAnswer();
    expect(await store.reserve(waiting)).toMatchObject({ outcome: "queued", position: 0 });
    expect(await watcher.view("account", claims)).toMatchObject({ running: 1, waiting: 1 });

    proxy.loseNextAnswer();
    expect(await holds(store, call.id, fence)).toBe(true);
    proxy.loseNextAnswer();
    await store.settle(call.id, fence, settlement(40));
    proxy.loseNextAnswer();
    await store.cancel(waiting.id);
    expect(proxy.lost()).toBe(5);
    expect(await watcher.view("account", claims)).toMatchObject({
      running: 0,
      waiting: 0,
      windows: [{ used: 40, held: 0 }],
    });
    await expect(store.reserve(call)).rejects.toThrow(/has already been settled/);
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
      const child = startChild("redis-by-url.ts", shared.server.url, "ioredis");
      expect(await child.line("{")).toBe('{"used":12,"closed":true}');
      expect(await child.ended()).toBe(0);
    });

    it("is asked for by name where both are missing", async () => {
      const child = startChild("redis-by-url.ts", shared.server.url, "ioredis,redis");
      expect(await child.line("invalid_options")).toMatch(
        /Option "ledger" \(LAPLAS_LEDGER\) is an address of Redis, and no client for it is installed: npm install ioredis/,
      );
    });
  });

  it("needs none of Node's modules with a client that is handed in, as on an edge", async () => {
    const modules = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    onTestFinished(() => modules.mockRestore());
    await spend(openRedisStore({ client: shared.direct }), 5);
  });

  it("opens by the option's address, its warnings are the engine's", async () => {
    const own = await ownServer();
    const warnings: string[] = [];
    const store = await openLedger({
      ledger: own.url as `redis://${string}`,
      durability: "process",
      now: () => NOON,
      warn: (text) => warnings.push(text),
      environment: {},
    });
    onTestFinished(() => store.close());
    await store.view("account", claims);
    await ioredis(own.url).flushall();
    await store.view("account", claims);
    expect(warnings).toEqual([expect.stringMatching(/lost its data/)]);
  });

  it("keeps an upstream's refusal until the day's end by the server's clock, not by one that is days off", async () => {
    const store = openRedisStore({ client: shared.direct });
    const { laplas, events } = createTestEngine("http://upstream.test/v1", {
      ledger: store,
      now: () => Date.now() + 5 * DAY_MS,
      fetch: async () => new Response("You've run out of credits.", { status: 403 }),
    });
    await rejection(laplas.chat({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] }));
    expect(events.map(({ type }) => type)).toContain("upstream-quota");
    const { blockedUntil } = await laplas.status();
    const [seconds = 0] = (await shared.direct.time()).map(Number);
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
