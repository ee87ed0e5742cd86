import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { bareEnvironment, startChild } from "./child.ts";
import { ALL_ROWS, type RowName } from "./door-clients.ts";
import { markdownTable } from "./markdown-table.ts";
import type { BenchSettings } from "./part.ts";

/** The clients that the budgets compare, and what they are measured against. */
const ROWS = [
  "undici",
  "core",
  "core-fetch",
  "gateway",
  "laplas-memory",
  "chat-openai",
] as const satisfies readonly RowName[];

/** Calls of the shorter run; the longer makes twice as many, and their difference is without start and first compilation. */
const KINDS = { invoke: 300, stream: 30 } as const;
type Kind = keyof typeof KINDS;

/** Instructions of one call, counted and not timed: a figure that a busy machine does not move. */
export async function benchInstructions({ quick, progress }: BenchSettings): Promise<string> {
  const title = "### Instructions";
  if (!(await hasValgrind())) return `${title}\n\nLeft out: there is no valgrind. apt-get install valgrind`;
  const upstream = startChild("mock-upstream.ts");
  try {
    const baseURL = `${await upstream.ask<string>({})}/v1`;
    const rows: string[][] = [];
    for (const name of ROWS) {
      const cells: string[] = [ALL_ROWS[name].name];
      for (const kind of Object.keys(KINDS) as Kind[]) {
        progress(`instructions: ${name}, ${kind}`);
        const calls = Math.ceil(KINDS[kind] * (quick ? 0.1 : 1));
        const [fewer, more] = [
          await countInstructions(name, kind, calls, baseURL),
          await countInstructions(name, kind, 2 * calls, baseURL),
        ];
        cells.push(((more - fewer) / calls / 1e6).toFixed(2));
      }
      rows.push(cells);
    }
    const head = ["client", "invoke, million instructions", "stream of 512 chunks, million instructions"];
    return `${title}\n\n${markdownTable(head, rows)}\n\nCounted by valgrind's cachegrind in the client's whole process, with Node's compiler in the same thread (\`--predictable\`).`;
  } finally {
    upstream.end();
  }
}

async function hasValgrind(): Promise<boolean> {
  const child = spawn("valgrind", ["--version"], { stdio: "ignore" });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

/** @throws Error with what valgrind said where the run fails */
async function countInstructions(name: RowName, kind: Kind, calls: number, baseURL: string): Promise<number> {
  const program = fileURLToPath(new URL("instructions-child.ts", import.meta.url));
  const valgrind = ["--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"];
  const node = [process.execPath, "--predictable", program, name, kind, String(calls), baseURL];
  const child = spawn("valgrind", [...valgrind, ...node], {
    env: bareEnvironment(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const [code] = await once(child, "close");
  const [, count] = /I\s+refs:\s+([\d,]+)/.exec(said) ?? [];
  if (code !== 0 || count === undefined) throw new Error(`valgrind ended with ${code}: ${said.slice(-500)}`);
  return Number(count.replaceAll(",", ""));
}
