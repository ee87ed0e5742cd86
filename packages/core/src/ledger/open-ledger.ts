import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { importNode } from "../import-node.js";
import { machineUptime } from "./holder.js";
import type { LedgerStore } from "./ledger-store.js";
import { processAccounts } from "./memory/memory-accounts.js";
import { createMemoryStore } from "./memory/memory-store.js";
// No store is imported with the first call: where file descriptors are short just then, Node 22 keeps the failure for good.
import { createRedisStore } from "./redis/redis-store.js";
import { fileError } from "./sqlite/file-error.js";
import { createSqliteStore } from "./sqlite/sqlite-store.js";
import { stateDirectory } from "./state-directory.js";

/**
 * Which ledger: `memory`; `sqlite` (the file in the user's state directory) or `sqlite:PATH`, for all processes of a machine;
 * the address of a Redis or Valkey, for many machines; or a store that was made, like `createRedisStore({ client })`.
 */
export type LedgerOption =
  | "memory"
  | "sqlite"
  | `sqlite:${string}`
  | `redis://${string}`
  | `rediss://${string}`
  | LedgerStore;

/** What a ledger is opened with. */
export interface OpenLedgerOptions {
  readonly ledger: LedgerOption;
  readonly durability: "process" | "power";
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Names the user's state directory. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** @throws InvalidOptionsError for anything that {@link LedgerOption} does not name. */
export function checkLedgerOption(ledger: unknown): LedgerOption {
  if (ledger === "memory" || ledger === "sqlite") return ledger;
  if (typeof ledger === "string" && /^sqlite:(?!:memory:$)./.test(ledger)) return ledger as `sqlite:${string}`;
  if (isRedisAddress(ledger)) return ledger;
  if (typeof ledger === "object" && ledger !== null && "reserve" in ledger && "settle" in ledger) {
    if ("teach" in ledger) return ledger as LedgerStore;
    throw new InvalidOptionsError(
      'Option "ledger" is a store without the method "teach": it was written for an earlier version of this package. Update the package it comes from.',
    );
  }
  // What holds an @ may be an address with a password before it, well written or not.
  const shown = typeof ledger === "string" ? ledger.replace(/^([a-z]*:)?.*@.*$/is, "$1...@...") : ledger;
  throw new InvalidOptionsError(
    `Option "ledger" (LAPLAS_LEDGER) is ${quote(shown)}, but must be "memory", "sqlite", "sqlite:PATH", "redis://HOST:PORT" or a store.`,
  );
}

/**
 * Opens the store. Memory serves only where it is asked for, or where there is no `node:sqlite`, with a warning: a process that counted
 * by itself because a file could not be opened would send what others have used up.
 *
 * @throws LedgerError if the file can't be opened
 */
export async function openLedger(options: OpenLedgerOptions): Promise<LedgerStore> {
  const { ledger, warn } = options;
  if (typeof ledger === "object") {
    ledger.onWarning?.(warn);
    return ledger;
  }
  if (ledger === "memory") return openMemory(options);
  if (isRedisAddress(ledger)) {
    const store = createRedisStore({ url: ledger });
    store.onWarning?.(warn);
    return store;
  }
  if (await hasSqlite()) return openSqlite(ledger, options);
  warn(
    'node:sqlite is not available here, so the account is kept in memory: it is forgotten with this process and not shared with others. Option "ledger" (LAPLAS_LEDGER) names another place.',
  );
  return openMemory(options);
}

function openMemory({ now, warn }: OpenLedgerOptions): LedgerStore {
  const store = createMemoryStore({ now, memory: processAccounts() });
  store.onWarning?.(warn);
  return store;
}

function isRedisAddress(ledger: unknown): ledger is `redis://${string}` | `rediss://${string}` {
  return typeof ledger === "string" && /^rediss?:\/\/./.test(ledger) && URL.canParse(ledger);
}

async function openSqlite(
  ledger: "sqlite" | `sqlite:${string}`,
  { environment, durability, now, warn }: OpenLedgerOptions,
): Promise<LedgerStore> {
  let path = "in the user's state directory";
  try {
    path = ledger === "sqlite" ? await defaultPath(environment) : ledger.slice("sqlite:".length);
    const synchronous = durability === "power" ? "full" : "normal";
    return await createSqliteStore({ path, synchronous, now, warn, uptime: machineUptime });
  } catch (error) {
    throw fileError(path, error);
  }
}

/** Cloudflare's workers have the module, with a class that makes nothing (workerd 1.20260730, `nodejs_compat`). */
async function hasSqlite(): Promise<boolean> {
  try {
    const { DatabaseSync } = await importNode("node:sqlite");
    new DatabaseSync(":memory:").close();
    return true;
  } catch {
    return false;
  }
}

async function defaultPath(environment: OpenLedgerOptions["environment"]): Promise<string> {
  const { join } = await importNode("node:path");
  return join(await stateDirectory(environment), "ledger.sqlite");
}
