import { pathToFileURL } from "node:url";
import { createRedisStore } from "@laplas/core";
import type { LedgerStore } from "../../packages/core/src/ledger/ledger-store.ts";
import type { CoreParts } from "./bundle-core.ts";
import { answerParent } from "./child.ts";
import { callOnce, claimsOfTier } from "./ledger-call.ts";

export interface CurveQuestion {
  /** A module that exports {@link CoreParts}. */
  readonly bundle: string;
  readonly store: "memory" | "sqlite" | "redis";
  readonly file: string;
  readonly redisURL: string;
  /** Rows in the day at which calls are timed, growing. */
  readonly levels: readonly number[];
  /** Calls that are timed at each level. */
  readonly calls: number;
}

answerParent(async ({ bundle, store: kind, file, redisURL, levels, calls }: CurveQuestion): Promise<number[][]> => {
  const core = (await import(pathToFileURL(bundle).href)) as CoreParts;
  const open = async (): Promise<LedgerStore> => {
    if (kind === "memory") return core.createMemoryStore({ now: Date.now });
    if (kind === "redis") return createRedisStore({ url: redisURL, restartPauseMs: 0 });
    return core.createSqliteStore({ path: file, synchronous: "normal", now: Date.now, warn: console.error });
  };
  const store = await open();
  const claims = claimsOfTier(core.freeTier);
  const once = (): Promise<void> => callOnce(store, claims, "curve");
  // Another account's, to warm up.
  for (let index = 0; index < calls; index += 1) await callOnce(store, claims, "warm-up");
  const timed: number[][] = [];
  let rows = 0;
  for (const level of levels) {
    for (; rows < level; rows += 1) await once();
    const times: number[] = [];
    for (let index = 0; index < calls; index += 1, rows += 1) {
      const startedAt = performance.now();
      await once();
      times.push(performance.now() - startedAt);
    }
    timed.push(times);
  }
  await store.close();
  return timed;
});
