import { quote } from "../errors/quote.js";
import { InvalidOptionsError } from "../errors/setup-errors.js";
import { importNode } from "../import-node.js";
import type { LedgerStore } from "./ledger-store.js";
import { processAccounts } from "./memory-accounts.js";
import { createMemoryStore } from "./memory-store.js";

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
  readonly synchronous: "normal" | "full";
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
  if (typeof ledger === "object" && ledger !== null && "reserve" in ledger && "settle" in ledger)
    return ledger as LedgerStore;
  // What holds an @ may be an address with a password before it, well written or not.
  const shown = typeof ledger === "string" ? ledger.replace(/^([a-z]*:)?.*@.*$/is, "$1...@...") : ledger;
  throw new InvalidOptionsError(
    `Option "ledger" (LAPLAS_LEDGER) is ${quote(shown)}, but must be "memory", "sqlite", "sqlite:PATH", "redis://HOST:PORT" or a store.`,
  );
}

/** Opens the store. Where SQLite is missing or its file can't be written, memory serves, and one warning says so. */
export async function openLedger(options: OpenLedgerOptions): Promise<LedgerStore> {
  const { ledger, now, warn, environment } = options;
  if (typeof ledger === "object") {
    ledger.onWarning?.(warn);
    return ledger;
  }
  if (ledger === "memory") return createMemoryStore({ now, memory: processAccounts() });
  if (isRedisAddress(ledger)) {
    const { createRedisStore } = await import("./redis-store.js");
    const store = createRedisStore({ url: ledger });
    store.onWarning?.(warn);
    return store;
  }
  const path = ledger === "sqlite" ? await defaultPath(environment) : ledger.slice("sqlite:".length);
  const store = path === undefined ? undefined : await openSqlite(path, options);
  if (store !== undefined) return store;
  warn(
    `${path === undefined ? "node:sqlite is not available here" : `The ledger ${path} can't be used`}, so the account is kept in memory: it is forgotten with this process and not shared with others. Option "ledger" (LAPLAS_LEDGER) names another place.`,
  );
  return createMemoryStore({ now, memory: processAccounts() });
}

function isRedisAddress(ledger: unknown): ledger is `redis://${string}` | `rediss://${string}` {
  return typeof ledger === "string" && /^rediss?:\/\/./.test(ledger) && URL.canParse(ledger);
}

async function openSqlite(
  path: string,
  { synchronous, now, warn }: OpenLedgerOptions,
): Promise<LedgerStore | undefined> {
  if (!(await hasSqlite())) return undefined;
  const { createSqliteStore } = await import("./sqlite-store.js");
  try {
    return await createSqliteStore({ path, synchronous, now, warn });
  } catch (error) {
    if ((error as Error).name === "UnwritableFileError") return undefined;
    throw error;
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

/** The file in the user's state directory, by each system's custom; undefined where there is no file system. */
async function defaultPath(environment: OpenLedgerOptions["environment"]): Promise<string | undefined> {
  if (!(await hasSqlite())) return undefined;
  const { homedir, platform } = await importNode("node:os");
  const { join } = await importNode("node:path");
  // As `homedir` does, which knows the variables of the process alone.
  const home = environment[platform() === "win32" ? "USERPROFILE" : "HOME"] || homedir();
  const directories: Partial<Record<NodeJS.Platform, string>> = {
    win32: environment.LOCALAPPDATA ?? join(home, "AppData", "Local"),
    darwin: join(home, "Library", "Application Support"),
  };
  const state = directories[platform()] ?? (environment.XDG_STATE_HOME || join(home, ".local", "state"));
  return join(state, "laplas", "ledger.sqlite");
}
