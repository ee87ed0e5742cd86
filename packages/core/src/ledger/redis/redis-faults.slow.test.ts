import { describe, expect, it } from "vitest";
import { LedgerError } from "../../errors/setup-errors.js";
import { startChild } from "../../testing/child.js";
import { rejection } from "../../testing/engine.js";
import { admitted, claimsOf, command, daily, settlement, spend, teachValue } from "../../testing/ledger.js";
import { hasRedis } from "../../testing/redis.js";
import {
  CLIENTS,
  expectLedgerError,
  ioredis,
  openRedisStore,
  ownServer,
  TIMEOUT_MS,
} from "../../testing/redis-stores.js";
import { refusedURL } from "../../testing/server.js";

const claims = claimsOf([daily]);

// Each waits for the store's own time limit, or a client's, to end.
describe.skipIf(!hasRedis())("the Redis store, while its server is in trouble,", () => {
  describe.each(Object.entries(CLIENTS))("on %s", (_, connect) => {
    it("says so in time when nobody listens, and works as soon as somebody does", async () => {
      const own = await ownServer();
      const store = openRedisStore({ timeoutMs: TIMEOUT_MS, ...(await connect(own.url)) });
      await own.kill();
      const given = command();
      await expectLedgerError(store.reserve(given), /The ledger in Redis failed/);
      // As waiting does with a ticket that failed: the client may still send what it could not.
      await expectLedgerError(store.cancel(given.id), /The ledger in Redis failed/);
      await own.restart();
      await expect.poll(() => store.view("account", claims).catch(() => undefined)).toBeDefined();
      await spend(store, 5);
    });

    it("waits no longer than its time for a frozen server, and nothing that thaws with it holds a place", async () => {
      const own = await ownServer();
      const store = openRedisStore({ timeoutMs: TIMEOUT_MS, ...(await connect(own.url)) });
      await store.view("account", claims);
      own.process.kill("SIGSTOP");
      const given = command({ id: "given-up" });
      await expectLedgerError(store.reserve(given), /no answer within 3000 ms/);
      await expectLedgerError(store.cancel(given.id), /no answer/);
      own.process.kill("SIGCONT");
      await expect.poll(async () => (await store.view("account", claims)).running).toBe(0);
      await spend(store, 7);
      expect((await store.view("account", claims)).windows[0]?.used).toBe(7);
    });

    it("hears the server's reason when it can't write", async () => {
      const own = await ownServer();
      const admin = ioredis(own.url);
      const store = openRedisStore({ timeoutMs: TIMEOUT_MS, ...(await connect(own.url)) });
      const call = command();
      const { fence } = await admitted(store, call);

      await admin.config("SET", "maxmemory", "1");
      await expectLedgerError(store.reserve(command()), /OOM command not allowed/);
      await admin.config("SET", "maxmemory", "0");

      await admin.replicaof("127.0.0.1", 1);
      await expectLedgerError(store.reserve(command()), /READONLY|replica|MASTERDOWN/i);
      await expectLedgerError(store.settle(call.id, fence, settlement(9)), /READONLY|replica|MASTERDOWN/i);
      await admin.replicaof("NO", "ONE");

      expect(await store.settle(call.id, fence, settlement(9))).toBe(true);
      expect((await store.view("account", claims)).windows[0]?.used).toBe(9);
    });
  });

  it("gives the error within its time where the server is gone in the middle of a step", async () => {
    const own = await ownServer();
    const store = openRedisStore({ url: own.url, timeoutMs: TIMEOUT_MS });
    await spend(store, 1);
    const steps = [store.reserve(command()), store.view("account", claims), teachValue(store, "a", 1)].map(rejection);
    own.process.kill("SIGSTOP");
    await own.kill();
    for (const error of await Promise.all(steps)) expect(error).toSatisfy(LedgerError.isInstance);
  });

  it.each(["ioredis", "redis"])("closes where the server never came, with the client library %s", async (library) => {
    const hidden = library === "redis" ? "ioredis" : "redis";
    const child = startChild("redis-by-url.ts", (await refusedURL()).replace(/^http(.*)\/v1$/, "redis$1"), hidden);
    expect(await child.line("{")).toBe('{"failed":"ledger","closed":true}');
    expect(await child.ended()).toBe(0);
  });
});
