import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasRedis, type RedisServer, startRedis } from "../../packages/core/src/testing/redis.ts";
import { bundleCore } from "./bundle-core.ts";
import { type Child, startChild } from "./child.ts";
import { LEDGER_ROWS, type LedgerQuestion, type LedgerRowName } from "./ledger-child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import { median, quantile } from "./statistics.ts";

const PROCESSES = 4;
/** DESIGN section 9, one process. */
const BUDGETS_MS: Partial<Record<LedgerRowName, number>> = { memory: 0.01, sqlite: 0.15, redis: 0.6 };

interface Figures {
  readonly one: readonly number[];
  readonly four: readonly number[];
}

/** What one call takes of an account, before its request and after its answer; and when four processes do so at once. */
export async function benchLedger({ quick, progress }: BenchSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
  const redis = hasRedis() ? await startRedis() : undefined;
  const names = (Object.keys(LEDGER_ROWS) as LedgerRowName[]).filter((name) => redis !== undefined || !isRedis(name));
  const children = Array.from({ length: PROCESSES }, () => startChild("ledger-child.ts"));
  const figures = new Map<LedgerRowName, { one: number[]; four: number[] }>();
  try {
    progress("ledger: bundling core's sources");
    const bundle = await bundleCore(folder);
    const rounds = quick ? 1 : 3;
    // Round 0 warms up and is forgotten.
    for (let round = 0; round <= rounds; round += 1) {
      progress(round === 0 ? "ledger: warming up" : `ledger: round ${round} of ${rounds}`);
      for (const row of round % 2 === 0 ? names : names.toReversed()) {
        const question = questionOf({ bundle, row, folder, redis, round, quick });
        const one = await askAll(children.slice(0, 1), { ...question, round: `one-${round}` });
        const four = LEDGER_ROWS[row].isShared ? await askAll(children, { ...question, round: `four-${round}` }) : [];
        if (round === 0) continue;
        const known = figures.get(row) ?? { one: [], four: [] };
        known.one.push(...one);
        known.four.push(...four);
        figures.set(row, known);
      }
    }
  } finally {
    for (const child of children) child.end();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  }
  return table(names, figures);
}

function isRedis(name: LedgerRowName): boolean {
  return /redis/i.test(name);
}

function questionOf(given: {
  bundle: string;
  row: LedgerRowName;
  folder: string;
  redis: RedisServer | undefined;
  round: number;
  quick: boolean;
}): LedgerQuestion {
  const { bundle, row, folder, redis, round, quick } = given;
  return {
    bundle,
    row,
    file: join(folder, "ledger.sqlite"),
    redisURL: redis?.url ?? "",
    round: String(round),
    calls: quick ? 100 : isRedis(row) || /sqlite/i.test(row) ? 1_000 : 2_000,
  };
}

/** All at once; times in milliseconds. */
async function askAll(children: readonly Child[], question: LedgerQuestion): Promise<number[]> {
  return (await Promise.all(children.map((child) => child.ask<number[]>(question)))).flat();
}

function table(names: readonly LedgerRowName[], figures: ReadonlyMap<LedgerRowName, Figures>): string {
  const rows = names.map((name) => {
    const { one = [], four = [] } = figures.get(name) ?? {};
    return [
      LEDGER_ROWS[name].name,
      figure(median(one)),
      figure(quantile(one, 0.99)),
      String(BUDGETS_MS[name] ?? ""),
      four.length > 0 ? figure(median(four)) : "",
      four.length > 0 ? figure(quantile(four, 0.99)) : "",
    ];
  });
  const head = ["reserve + settle", "median ms", "p99 ms", "budget ms (median)", "4 processes: median ms", "p99 ms"];
  const lacks = new Map(names.map((name) => [LEDGER_ROWS[name].name.split(",")[0], LEDGER_ROWS[name].lacks]));
  return [
    "### Ledger",
    "",
    markdownTable(head, rows),
    "",
    "One call of an account, from before its request to after its answer; accounts of up to 100 calls, or 400 by four processes that share them at once, as fast as they can; further down as it is late in a day, when the account counts 2,000 calls already. The free tier's day, without its one at a time, so that no process waits for another's call.",
    "",
    ...[...lacks].flatMap(([library, lack]) =>
      lack === "" ? [] : [`What ${library} can't express of the free tier: ${lack}.`],
    ),
  ].join("\n");
}
