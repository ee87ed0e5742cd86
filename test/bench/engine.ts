import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleCore } from "./bundle-core.ts";
import { startChild } from "./child.ts";
import type { EngineFigure, EngineQuestion } from "./engine-child.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";

/** The engine's own steps, without network. */
export async function benchEngine({ quick, progress }: BenchSettings): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-bench-"));
  const child = startChild("engine-child.ts");
  try {
    progress("engine: bundling core's sources");
    const bundle = await bundleCore(folder);
    progress("engine: measuring");
    const question: EngineQuestion = { bundle, folder, quick };
    const figures = await child.ask<EngineFigure[]>(question);
    const rows = figures.map(({ name, medianUs, p99Us, budgetUs }) => [
      name,
      figure(medianUs),
      figure(p99Us),
      budgetUs === undefined ? "" : String(budgetUs),
    ]);
    return [
      "### Engine",
      "",
      markdownTable(["step", "median us", "p99 us", "budget us (median)"], rows),
      "",
      "Each call is timed on its own, in a warm process. Rows in the day: settled calls of the same account that the tier's daily window counts. The free tier's rules, one call at a time.",
    ].join("\n");
  } finally {
    child.end();
    await rm(folder, { recursive: true, force: true });
  }
}
