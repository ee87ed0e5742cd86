import type { Block, ReserveCommand } from "../ledger-store.js";
import { isLingering } from "../retention.js";
import { type BucketRow, type BucketRows, createBucketRows } from "./bucket-rows.js";

/** A call of an account. */
export interface MemoryRow {
  readonly command: ReserveCommand;
  readonly lane: string;
  readonly account: MemoryAccount;
  /** The store that made it. */
  readonly holder: object;
  /** Its place among the tickets. */
  number: number;
  state: "waiting" | "held" | "settled";
  /** As a ticket: until when a window or a block keeps it from passing. */
  closedUntil: number;
  fence: number;
  probes: readonly string[];
  /** Since when it waits, or runs. */
  since: number;
  /** Until when its slots are kept. */
  freeAt: number;
  /** Charged its hold because its holder was given up. */
  isReclaimed: boolean;
  readonly charges: Map<string, BucketRow>;
}

/** Tickets for the same buckets and slots, in their order, and what they hold. */
export interface MemoryLane {
  readonly tickets: Set<MemoryRow>;
  readonly holds: Map<string, number>;
}

/** An account of one key at one address. */
export interface MemoryAccount {
  /** The stores that have used it and are open. */
  readonly users: Set<object>;
  readonly lanes: Map<string, MemoryLane>;
  /** Calls that run, in the order of their admissions. */
  readonly running: Set<MemoryRow>;
  /** Ended calls whose slots are kept. */
  readonly lingering: Set<MemoryRow>;
  readonly buckets: Map<string, BucketRows>;
  /** What running calls hold and have not been charged yet, by bucket. */
  readonly held: Map<string, number>;
  /** In the order of their ends. */
  ended: MemoryRow[];
  readonly costs: Map<string, number[]>;
  readonly blocks: Map<string, Block>;
  readonly learned: Map<string, number>;
  /** By bucket, the fence of the newest call whose answer told how much the server counts. */
  readonly heard: Map<string, number>;
  /** Failures in a row, for the breaker. */
  failures: number;
  fence: number;
  number: number;
  /** Counts what lets the queue move. */
  moves: number;
  retentionMs: number;
  /** Number of ended rows at which old ones are looked for next. */
  pruneAt: number;
}

/** Accounts by their names, and all their rows by their ids. */
export interface MemoryAccounts {
  readonly accounts: Map<string, MemoryAccount>;
  readonly rows: Map<string, MemoryRow>;
}

/** Raised with every change of the shapes above: copies of the package with other shapes keep accounts of their own. */
const SCHEMA = 4;
const FIRST_PRUNE_AT = 4_096;
/** The newest ended calls, which are kept whatever the time. */
const ALWAYS_KEPT = 2_000;

export function createMemoryAccounts(): MemoryAccounts {
  return { accounts: new Map(), rows: new Map() };
}

/**
 * The accounts of this process, or of this worker thread. They hang on `globalThis`, because a program may load this package twice:
 * by `import` and by `require`, or in two versions. With accounts of their own, two copies would each admit a call.
 */
export function processAccounts(): MemoryAccounts {
  const key = Symbol.for(`laplas.memory.${SCHEMA}`);
  if (!Reflect.has(globalThis, key)) Reflect.defineProperty(globalThis, key, { value: createMemoryAccounts() });
  return Reflect.get(globalThis, key) as MemoryAccounts;
}

export function createMemoryAccount(): MemoryAccount {
  return {
    users: new Set(),
    lanes: new Map(),
    running: new Set(),
    lingering: new Set(),
    buckets: new Map(),
    held: new Map(),
    ended: [],
    costs: new Map(),
    blocks: new Map(),
    learned: new Map(),
    heard: new Map(),
    failures: 0,
    fence: 0,
    number: 0,
    moves: 0,
    retentionMs: 0,
    pruneAt: FIRST_PRUNE_AT,
  };
}

export function bucketOf(account: MemoryAccount, name: string, onRead: () => void): BucketRows {
  let bucket = account.buckets.get(name);
  if (bucket === undefined) {
    bucket = createBucketRows(onRead);
    account.buckets.set(name, bucket);
  }
  return bucket;
}

/** Adds to a sum by name, and forgets one that has come to nothing. */
export function addTo(sums: Map<string, number>, name: string, amount: number): void {
  const sum = (sums.get(name) ?? 0) + amount;
  if (sum === 0) sums.delete(name);
  else sums.set(name, sum);
}

/** Forgets accounts that no open store uses, except while a request of theirs may still run. */
export function forgetUnused({ accounts, rows }: MemoryAccounts, now: number): void {
  for (const [name, account] of accounts) {
    if (account.users.size > 0) continue;
    dropLingered(account, now);
    if (account.running.size > 0 || account.lingering.size > 0) continue;
    for (const row of account.ended) rows.delete(row.command.id);
    accounts.delete(name);
  }
}

/** Frees the slots of ended calls whose time is over. */
export function dropLingered(account: MemoryAccount, now: number): void {
  for (const row of account.lingering) if (!isLingering(row.freeAt, now)) account.lingering.delete(row);
}

/**
 * Forgets ended calls that no window counts any more. How long ago they ended, a clock that is wrong may not say alone: time is counted
 * from the newest of the calls that are not kept anyhow, and so no clock is believed before thousands of calls were made by it.
 */
export function prune({ rows }: MemoryAccounts, account: MemoryAccount, now: number): void {
  const { ended } = account;
  if (ended.length < account.pruneAt) return;
  const boundary = ended.length - ALWAYS_KEPT;
  const newest = ended[boundary - 1];
  if (newest === undefined) return;
  const before = Math.min(now, lastMoment(newest)) - account.retentionMs;
  const old = new Set(ended.slice(0, boundary).filter((row) => lastMoment(row) < before));
  account.ended = ended.filter((row) => !old.has(row));
  for (const row of old) rows.delete(row.command.id);
  // A bucket's rows go by their time. Of those that stay, some may be older where the clock was set back.
  let oldest = before;
  for (const { charges } of [...account.ended, ...account.running])
    for (const { at } of charges.values()) oldest = Math.min(oldest, at);
  for (const bucket of account.buckets.values()) bucket.removeBefore(oldest);
  account.pruneAt = Math.max(FIRST_PRUNE_AT, account.ended.length * 2);
}

/** The latest moment at which an ended call counted or kept its slots. */
function lastMoment({ freeAt, charges }: MemoryRow): number {
  let last = freeAt;
  for (const { at } of charges.values()) last = Math.max(last, at);
  return last;
}
