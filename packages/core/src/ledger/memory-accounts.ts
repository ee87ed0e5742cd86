import type { Block, ReserveCommand } from "./ledger-store.js";
import { isLingering } from "./retention.js";

/** A call of an account. */
export interface MemoryRow {
  readonly command: ReserveCommand;
  readonly account: MemoryAccount;
  /** The store that made it. */
  readonly holder: object;
  state: "waiting" | "held" | "settled";
  fence: number;
  probe: boolean;
  apiTokens: number;
  estimated: boolean;
  endedAt: number;
  /** Since when it waits, or runs. */
  since: number;
}

/** An account of one key at one address. */
export interface MemoryAccount {
  /** The stores that have used it and are open. */
  readonly users: Set<object>;
  /** Insertion order is the queue's order. */
  readonly waiting: Set<MemoryRow>;
  /** Held and lingering rows. */
  readonly live: Set<MemoryRow>;
  /** In the order of their ends. */
  settled: MemoryRow[];
  block: Block | null;
  readonly learned: Map<string, number>;
  fence: number;
  retentionMs: number;
  /** Number of settled rows at which old ones are looked for next. */
  pruneAt: number;
}

/** Accounts by their names, and all their rows by their ids. */
export interface MemoryAccounts {
  readonly accounts: Map<string, MemoryAccount>;
  readonly rows: Map<string, MemoryRow>;
}

/** Raised with every change of the shapes above: copies of the package with other shapes keep accounts of their own. */
const SCHEMA = 1;

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
    waiting: new Set(),
    live: new Set(),
    settled: [],
    block: null,
    learned: new Map(),
    fence: 0,
    retentionMs: 0,
    pruneAt: 512,
  };
}

/** Forgets accounts that no open store uses, except while a request of theirs may still run. */
export function forgetUnused({ accounts, rows }: MemoryAccounts, now: number): void {
  for (const [name, account] of accounts) {
    if (account.users.size > 0) continue;
    dropLingered(account, now);
    if (account.live.size > 0) continue;
    for (const row of account.settled) rows.delete(row.command.id);
    accounts.delete(name);
  }
}

/** Frees the places of ended calls whose time is over. */
export function dropLingered(account: MemoryAccount, now: number): void {
  for (const row of account.live) if (row.state === "settled" && !isLingering(row, now)) account.live.delete(row);
}
