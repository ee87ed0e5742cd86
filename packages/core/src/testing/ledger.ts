import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, onTestFinished } from "vitest";
import type { LedgerStore, ReserveAnswer, ReserveCommand, Settlement } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory-store.js";
import { createRedisStore } from "../ledger/redis-store.js";
import { createSqliteStore } from "../ledger/sqlite-store.js";
import type { WindowRule } from "../tier/tier.js";
import { hasRedis, type RedisServer, startRedis } from "./redis.js";

/** A day's noon, far from every edge. */
export const NOON: number = Date.parse("2026-03-10T12:00:00.000Z");
export const DAY_MS = 86_400_000;

/** A clock that a test moves. */
export interface TestClock {
  at: number;
}

/** Opens a store whose clock is the test's. */
export type OpenStore = (clock: TestClock) => Promise<LedgerStore>;

/** Every store, by name, for one test file, which calls this once at its top: its Redis server ends with it. */
export function storesToTest(): Readonly<Record<string, OpenStore>> {
  return {
    memory: async (clock) => createMemoryStore({ now: () => clock.at }),
    sqlite: (clock) => openSqlite(temporaryFile(), clock),
    ...(hasRedis() ? { redis: redisToTest() } : {}),
  };
}

/** One server for a test file, each store on keys of its own. */
function redisToTest(): OpenStore {
  let started: Promise<{ server: RedisServer; client: Redis }> | undefined;
  const start = async () => {
    const server = await startRedis();
    return { server, client: new Redis(server.url) };
  };
  afterAll(async () => {
    const { server, client } = (await started) ?? {};
    client?.disconnect();
    await server?.stop();
  });
  return async (clock) => {
    started ??= start();
    const { client } = await started;
    count += 1;
    const store = createRedisStore({ client, prefix: `test-${count}`, now: () => clock.at });
    // Tests move their clock over days; leases that end by it have tests of their own.
    return { ...store, reserve: (wanted) => store.reserve({ ...wanted, leaseMs: 1e12 }) };
  };
}

/** A path in a directory of its own, which goes with the test. */
export function temporaryFile(): string {
  const directory = mkdtempSync(join(tmpdir(), "laplas-ledger-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return join(directory, "ledger.sqlite");
}

/** A store on a file; closed with the test. */
export async function openSqlite(
  path: string,
  clock: TestClock,
  warn: (message: string) => void = () => {},
): Promise<LedgerStore> {
  const store = await createSqliteStore({ path, synchronous: "normal", now: () => clock.at, warn });
  onTestFinished(() => store.close());
  return store;
}

/** 1,000 API tokens a day, UTC. */
export const daily: WindowRule = {
  id: "daily",
  kind: "window",
  metric: "apiTokens",
  limit: 1_000,
  period: { type: "day", zone: "UTC", resetHour: 0 },
  per: "tier",
  surface: "both",
  marginMs: 2_000,
  evidence: { source: "a test", date: "2026-01-01", status: "assumed" },
};

let count = 0;

/** A call that one window and one place bind, unless told otherwise. */
export function command(fields: Partial<ReserveCommand> = {}): ReserveCommand {
  count += 1;
  return {
    id: `call-${count}`,
    account: "account",
    model: "gpt-4o-mini",
    modelClass: "regular",
    surface: "api",
    heldApiTokens: 100,
    countOwnHold: false,
    windows: [daily],
    concurrency: 1,
    leaseMs: 30_000,
    ...fields,
  };
}

export type Admitted = Extract<ReserveAnswer, { outcome: "admitted" }>;

/** Reserves what has to be admitted. */
export async function admitted(store: LedgerStore, wanted: ReserveCommand): Promise<Admitted> {
  const answer = await store.reserve(wanted);
  if (answer.outcome !== "admitted") throw new Error(`expected to be admitted, was ${JSON.stringify(answer)}`);
  return answer;
}

/** One call from its reservation to its settlement. */
export async function spend(
  store: LedgerStore,
  apiTokens: number,
  fields: Partial<ReserveCommand> = {},
  more: Partial<Settlement> = {},
): Promise<ReserveCommand> {
  const wanted = command(fields);
  const { fence } = await admitted(store, wanted);
  if (!(await store.settle(wanted.id, fence, settlement(apiTokens, more)))) throw new Error("was not settled");
  return wanted;
}

export function settlement(apiTokens: number, more: Partial<Settlement> = {}): Settlement {
  return { apiTokens, estimated: false, lingerMs: 0, clearsBlock: false, ...more };
}
