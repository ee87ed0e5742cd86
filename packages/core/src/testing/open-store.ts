import type { LedgerStore } from "../ledger/ledger-store.js";
import { createRedisStore } from "../ledger/redis/redis-store.js";
import { createSqliteStore } from "../ledger/sqlite/sqlite-store.js";

/** Opens a store by its address or its file's path, for child processes. Its server is a test's, and has forgotten nothing. */
export async function openStore(where: string): Promise<LedgerStore> {
  if (where.startsWith("redis://")) return createRedisStore({ url: where, restartPauseMs: 0 });
  return createSqliteStore({ path: where, synchronous: "normal", now: Date.now, warn: () => {} });
}
