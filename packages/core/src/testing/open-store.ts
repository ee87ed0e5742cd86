import type { LedgerStore } from "../ledger/ledger-store.js";
import { createRedisStore } from "../ledger/redis-store.js";
import { createSqliteStore } from "../ledger/sqlite-store.js";

/** Opens a store by its address or its file's path, for child processes. */
export async function openStore(where: string): Promise<LedgerStore> {
  if (where.startsWith("redis://")) return createRedisStore({ url: where });
  return createSqliteStore({ path: where, synchronous: "normal", now: Date.now, warn: () => {} });
}
