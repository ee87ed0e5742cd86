import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasRedis, startRedis } from "../../packages/core/src/testing/redis.ts";
import { bundleCore } from "./bundle-core.ts";
import { startChild } from "./child.ts";
import type { CurveQuestion } from "./curve-child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import { median } from "./statistics.ts";

const LEVELS = [0, 1_000, 10_000, 100_000];
const QUICK_LEVELS = [0, 1_000];

/** What a call takes of the ledger as the day fills. */
export async function benchCurve({ quick, progress }: BenchSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
  const redis = hasRedis() ? await startRedis() : undefined;
  const levels = quick ? QUICK_LEVELS : LEVELS;
  const rows: string[][] = [];
  try {
    const bundle = await bundleCore(folder);
    const stores = (["memory", "sqlite", "redis"] as const).filter((name) => name !== "redis" || redis !== undefined);
    for (const store of stores) {
      progress(`curve: ${store}`);
      const child = startChild("curve-child.ts");
      const file = join(folder, "ledger.sqlite");
      const question: CurveQuestion = { bundle, store, file, redisURL: redis?.url ?? "", levels, calls: 500 };
      const timed = await child.ask<number[][]>(question);
      child.end();
      rows.push([store, ...timed.map((times) => figure(median(times)))]);
    }
  } finally {
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  const head = [
    "reserve + settle, median ms",
    ...levels.map((level) => `${level.toLocaleString("en")} rows in the day`),
  ];
  return [
    "### Ledger, as the day fills",
    "",
    markdownTable(head, rows),
    "",
    "Settled calls of the same account that the tier's daily window counts, then 500 calls that are timed; each store in a process of its own.",
  ].join("\n");
}
