import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, onTestFinished } from "vitest";
import { bucketName, COST_BUCKET } from "../account/bucket-name.js";
import type { Block, Claim, LedgerStore, ReserveAnswer, ReserveCommand, Settlement } from "../ledger/ledger-store.js";
import { createMemoryStore } from "../ledger/memory/memory-store.js";
import { createRedisStore } from "../ledger/redis/redis-store.js";
import { createSqliteStore } from "../ledger/sqlite/sqlite-store.js";
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
    return { ...store, reserve: (wanted, options) => store.reserve({ ...wanted, leaseMs: 1e12 }, options) };
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
  meter: "credits",
  limit: 1_000,
  period: { type: "day", zone: "UTC", resetHour: 0 },
  scope: "account",
  marginMs: 2_000,
  evidence: { source: "a test", date: "2026-01-01", status: "assumed" },
};

let count = 0;

/** A call as tests describe it: the windows that bind it, and what it may cost. */
export interface TestCall {
  readonly id: string;
  readonly account: string;
  readonly model: string;
  readonly heldApiTokens: number;
  readonly countOwnHold: boolean;
  readonly windows: readonly WindowRule[];
  readonly countFrom: "start" | "end";
  readonly concurrency: number | null;
  readonly scopes: readonly string[];
  readonly patienceMs: number;
  readonly leaseMs: number;
}

/** A call that one window and one slot bind and that waits for no window, unless told otherwise. */
export function command(fields: Partial<TestCall> = {}): ReserveCommand {
  count += 1;
  const { model = "gpt-4o-mini", heldApiTokens = 100, countOwnHold = false, concurrency = 1 } = fields;
  const { id = `call-${count}`, windows = [daily], countFrom = "end" } = fields;
  const claims = claimsOf(windows, model, countOwnHold);
  const names = new Set([COST_BUCKET, ...claims.map(({ bucket }) => bucket)]);
  return {
    id,
    account: fields.account ?? "account",
    label: model,
    buckets: [...names].map((name) => ({
      name,
      hold: isCost(name) ? heldApiTokens : 1,
      ...(countFrom === "start" ? { countFrom } : {}),
    })),
    claims,
    slots: concurrency === null ? [] : [{ name: "account", limit: concurrency }],
    scopes: fields.scopes ?? ["account"],
    patienceMs: fields.patienceMs ?? 0,
    leaseMs: fields.leaseMs ?? 30_000,
  };
}

/** The claims of windows on a model's calls. */
export function claimsOf(windows: readonly WindowRule[], model: string = "gpt-4o-mini", mustFit = false): Claim[] {
  return windows.map((rule) => ({
    bucket: bucketName(rule, model),
    rule: rule.id,
    limit: rule.limit,
    period: rule.period,
    marginMs: rule.marginMs,
    // As the account has it.
    mustFit: mustFit || rule.meter === "requests" || rule.period.type === "bucket",
  }));
}

function isCost(bucket: string): boolean {
  return bucket.startsWith(COST_BUCKET);
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
  fields: Partial<TestCall> = {},
  more: Partial<Settlement> = {},
): Promise<ReserveCommand> {
  const wanted = command(fields);
  const { fence } = await admitted(store, wanted);
  const costs = wanted.buckets.filter(({ name }) => isCost(name)).map(({ name }) => [name, apiTokens]);
  const amounts = Object.fromEntries(costs) as Record<string, number>;
  if (!(await store.settle(wanted.id, fence, { ...settlement(apiTokens), amounts, ...more })))
    throw new Error("was not settled");
  return wanted;
}

export function settlement(apiTokens: number, more: Partial<Settlement> = {}): Settlement {
  return { amounts: { [COST_BUCKET]: apiTokens }, estimated: false, lingerMs: 0, outcome: "other", ...more };
}

/** A block whose end is only assumed. */
export function block(fields: Partial<Block> = {}): Block {
  return {
    name: "account",
    until: NOON + DAY_MS / 2,
    longestMs: 32 * DAY_MS,
    code: "daily_quota",
    rule: "upstream",
    needsProbe: true,
    ...fields,
  };
}

/** Teaches a store a block, a value, or that something happened so often. */
export const teachBlock = (store: LedgerStore, fields: Partial<Block> = {}, account = "account"): Promise<void> =>
  store.teach(account, [{ kind: "block", ...block(fields) }]);
export const teachValue = (store: LedgerStore, key: string, value: number, account = "account"): Promise<void> =>
  store.teach(account, [{ kind: "value", key, value }]);
export const teachCount = (store: LedgerStore, key: string, by: number): Promise<void> =>
  store.teach("account", [{ kind: "count", key, by }]);
/** Teaches a store how much the server counts in the window of a rule on a model, as the answer to a call tells it; without a fence, beside calls. */
export async function teachUse(
  store: LedgerStore,
  rule: WindowRule,
  used: number,
  fence?: number,
  model?: string,
): Promise<void> {
  const told = fence === undefined ? { used } : { used, fence };
  const lessons = claimsOf([rule], model).map((claim) => ({ kind: "use" as const, claim, ...told }));
  await store.teach("account", lessons);
}

/** Whether a lease still holds, prolonging all of its holder. */
export async function holds(store: LedgerStore, id: string, fence: number, leaseMs = 30_000): Promise<boolean> {
  return (await store.heartbeat("account", [{ id, fence }], leaseMs)).length === 0;
}
