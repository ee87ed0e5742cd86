import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bareEnvironment } from "./child.ts";
import { installedSize } from "./installed-size.ts";
import { figure, markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";
import { median } from "./statistics.ts";

const BUDGET_OVER_CORE_MS = 60;
const HERE = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);

interface ImportRow {
  readonly name: string;
  /** Imported together: one after the other would wait for the disk more often than one graph does. */
  readonly modules: readonly string[];
  /** What a user installs for it. */
  readonly packages: readonly string[];
}

/** What a program pays before its first line runs, and what lies on its disk. */
export async function benchImport({ quick, progress }: BenchSettings): Promise<string> {
  const alone: ImportRow = {
    name: "@langchain/core alone",
    modules: await langChainModules(),
    packages: ["@langchain/core"],
  };
  const own: ImportRow = {
    name: "@laplas/langchain",
    modules: ["@laplas/langchain"],
    packages: ["@laplas/langchain", "@langchain/core"],
  };
  const rows: readonly ImportRow[] = [
    alone,
    own,
    { name: "@laplas/core", modules: ["@laplas/core"], packages: ["@laplas/core"] },
    { name: "@langchain/openai", modules: ["@langchain/openai"], packages: ["@langchain/openai", "@langchain/core"] },
    {
      name: "@langchain/openrouter",
      modules: ["@langchain/openrouter"],
      packages: ["@langchain/openrouter", "@langchain/core"],
    },
    { name: "openai", modules: ["openai"], packages: ["openai"] },
  ];
  const times = new Map(rows.map((row): [ImportRow, number[]] => [row, []]));
  const rounds = quick ? 1 : 9;
  // Round 0 brings the files into the system's cache and is forgotten.
  for (let round = 0; round <= rounds; round += 1) {
    progress(round === 0 ? "import: warming up" : `import: round ${round} of ${rounds}`);
    for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
      const ms = await importMs(row.modules);
      if (round > 0) times.get(row)?.push(ms);
    }
  }
  progress("import: adding up sizes");
  const typical = (row: ImportRow): number => median(times.get(row) ?? []);
  const body = await Promise.all(
    rows.map(async (row) => {
      const { bytes, packages, native } = await installedSize(row.packages);
      return [
        row.name,
        figure(typical(row)),
        figure(bytes / 1e6),
        String(packages),
        native.length === 0 ? "none" : native.join(", "),
      ];
    }),
  );
  const over = typical(own) - typical(alone);
  return [
    "### Import",
    "",
    markdownTable(["package", "import, ms", "installed, MB", "packages", "native modules"], body),
    "",
    `@laplas/langchain over @langchain/core alone: ${figure(over)} ms (budget ${BUDGET_OVER_CORE_MS} ms). Each import in a fresh process, files in the system's cache, medians of ${rounds} interleaved. "Alone" imports the ${alone.modules.length} modules of @langchain/core that @laplas/langchain uses. Sizes are sums of file sizes over the packages that npm would install, dependencies and required peers included.`,
  ].join("\n");
}

async function importMs(modules: readonly string[]): Promise<number> {
  const script = `
    const startedAt = performance.now();
    await Promise.all(${JSON.stringify(modules)}.map((name) => import(name)));
    process.stdout.write(String(performance.now() - startedAt));
    process.exit();
  `;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await run(process.execPath, args, { cwd: HERE, env: bareEnvironment() });
  return Number(stdout);
}

/** Read from the build, so that the comparison follows it. */
async function langChainModules(): Promise<string[]> {
  const source = await readFile(fileURLToPath(import.meta.resolve("@laplas/langchain")), "utf8");
  const imports = [...source.matchAll(/from\s*"(@langchain\/core\/[^"]+)"/g)];
  return [...new Set(imports.map(([, name = ""]) => name))].toSorted();
}
