import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import { LedgerError } from "../errors/setup-errors.js";
import { createRedisStore, type RedisStoreOptions } from "../ledger/redis/redis-store.js";
import { rejection } from "./engine.js";
import { type RedisServer, startRedis } from "./redis.js";

/** Short, so that a test of a server that does not answer is over soon; long beside what a busy machine takes. */
export const TIMEOUT_MS = 3_000;

let made = 0;
/** A store closed with the test, on keys of its own, and on a server that has forgotten nothing, although it has just been started. */
export function openRedisStore(options: RedisStoreOptions) {
  made += 1;
  const store = createRedisStore({ prefix: `store-${made}`, restartPauseMs: 0, ...options });
  onTestFinished(() => store.close());
  return store;
}

/** One server for the tests of a `describe`, and a client of it. */
export interface SharedServer {
  readonly server: RedisServer;
  readonly direct: Redis;
}

/** Starts it before the tests of the `describe` that calls this, and stops it after them. */
export function sharedServer(): SharedServer {
  const shared: { server?: RedisServer; direct?: Redis } = {};
  beforeAll(async () => {
    shared.server = await startRedis();
    shared.direct = new Redis(shared.server.url);
  });
  afterAll(async () => {
    shared.direct?.disconnect();
    await shared.server?.stop();
  });
  return shared as SharedServer;
}

/** A server of one test's own, for what no other should feel. */
export async function ownServer(options: Parameters<typeof startRedis>[0] = {}): Promise<RedisServer> {
  const server = await startRedis(options);
  onTestFinished(() => server.stop());
  return server;
}

export function ioredis(url: string): Redis {
  const client = new Redis(url);
  client.on("error", () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

async function nodeRedis(url: string) {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  return client;
}

export const CLIENTS: Readonly<Record<string, (url: string) => Promise<RedisStoreOptions>>> = {
  "an ioredis client": async (url) => ({ client: ioredis(url) }),
  "a node-redis client": async (url) => ({ client: await nodeRedis(url) }),
  "an address": async (url) => ({ url }),
};

export async function expectLedgerError(work: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await rejection(work);
  expect(error).toSatisfy(LedgerError.isInstance);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toMatch(/nothing was sent uncounted.*LAPLAS_LEDGER/);
}
