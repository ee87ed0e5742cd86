/**
 * The benchmarks. Prints Markdown tables, ready to paste, to stdout; progress goes to stderr.
 *
 *   npm run --silent bench                    all parts
 *   npm run --silent bench -- chat import     some of them: engine, ledger, curve, waiting, chat, long, embed, import, gateway, protocols,
 *                                             instructions
 *   npm run --silent bench -- --quick         a smoke run
 *
 * Nothing here is a test: figures are printed beside their budgets, and nothing fails on them. Whatever is compared is
 * measured in one run, in turns.
 */
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { benchChat } from "./chat.ts";
import { benchCurve } from "./curve.ts";
import { benchEmbed } from "./embed.ts";
import { benchEngine } from "./engine.ts";
import { benchGateway } from "./gateway.ts";
import { benchImport } from "./import.ts";
import { benchInstructions } from "./instructions.ts";
import { benchLedger } from "./ledger.ts";
import { benchLong } from "./long.ts";
import type { Part } from "./part.ts";
import { benchProtocols } from "./protocols.ts";
import { benchWaiting } from "./waiting.ts";

const PARTS: Readonly<Record<string, Part>> = {
  engine: benchEngine,
  ledger: benchLedger,
  curve: benchCurve,
  waiting: benchWaiting,
  chat: benchChat,
  long: benchLong,
  embed: benchEmbed,
  import: benchImport,
  gateway: benchGateway,
  protocols: benchProtocols,
  instructions: benchInstructions,
};

const { quick, names } = readArguments();
const startedAt = performance.now();
const progress = (text: string): void => {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  process.stderr.write(`${seconds.padStart(4)} s  ${text}\n`);
};

console.log(`${machine()}${quick ? " A smoke run: not for quoting." : ""}\n`);
for (const name of names) {
  const part = PARTS[name];
  if (part !== undefined) console.log(`${await part({ quick, progress })}\n`);
}
progress("done");

function readArguments(): { quick: boolean; names: string[] } {
  try {
    const { values, positionals } = parseArgs({ options: { quick: { type: "boolean" } }, allowPositionals: true });
    const unknown = positionals.find((name) => !Object.hasOwn(PARTS, name));
    if (unknown !== undefined) throw new Error(`There is no part "${unknown}".`);
    return { quick: values.quick ?? false, names: positionals.length === 0 ? Object.keys(PARTS) : positionals };
  } catch (error) {
    console.error(`${(error as Error).message} Usage: bench [--quick] [${Object.keys(PARTS).join(" | ")}] ...`);
    process.exit(2);
  }
}

function machine(): string {
  const cores = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = cores[0]?.model.trim() || "unnamed processor";
  const date = new Date().toISOString().slice(0, 10);
  return `Measured on ${date}: Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cores.length} cores (${model}), ${memory} GB.`;
}
