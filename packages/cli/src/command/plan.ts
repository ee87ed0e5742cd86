import { stat } from "node:fs/promises";
import type { CostUnit, Laplas, Plan } from "@laplas/core";
import type { Command } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { EXIT } from "../terminal/exit-codes.js";
import { printJson, printLines } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { chooseModel } from "./default-models.js";
import { batchesOf, callsOf, DEFAULT_BATCH, requireTexts, sortOut, toPieces } from "./embed-job.js";
import { type Job, linesJob } from "./lines-job.js";
import { noteWithoutKey } from "./note-without-key.js";
import { planBody } from "./plan-body.js";
import { planLines } from "./plan-lines.js";
import { readCount } from "./read-count.js";
import { firstObject, readInput } from "./read-request-file.js";
import { readTexts } from "./read-texts.js";
import { requireModality } from "./require-modality.js";
import { type Skipped, skippedLines } from "./skipped-lines.js";

interface PlanFlags extends EngineFlags {
  readonly model?: string;
  readonly ask?: string;
  readonly maxTokens?: number;
  readonly chunk?: number;
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("<job>", "a JSONL file with the body of a call on each line, - for stdin; or texts, as embed takes them")
    .option("-m, --model <name>", "model, in place of those in the file")
    .option("--ask <question>", "of texts: ask this about each text, instead of embedding it")
    .option("--max-tokens <count>", "for --ask: longest answer", readCount)
    .option("--chunk <characters>", "of texts: split longer texts, as embed does", readCount);
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Examples:
  laplas plan ./docs                 embed a folder
  laplas plan ./docs --ask "Summarise this." -m gpt-4o
  laplas plan book.txt --chunk 2000  one file, in pieces
  laplas plan calls.jsonl            bodies, or {"request": {...}, "count": 20}

Lines of OpenAI's batch format work too. Nothing is sent or spent. Exits with 0
if all of it fits into today, 3 if it takes longer, 1 if some of it can never
be done.`,
    )
    .action(async (path: string, flags: PlanFlags) => {
      await withEngine(
        terminal,
        flags,
        async ({ laplas, account }) => {
          const { plan, names, skipped } = await planPath(terminal, laplas, path, flags);
          if (flags.json) printJson(terminal, planBody(unitOf(laplas, plan), plan, names, skipped));
          else printLines(terminal, [...planLines(plan, names, terminal.stdout.columns), ...skippedLines(skipped)]);
          if (account === "none" && !flags.json) noteWithoutKey(terminal);
          terminal.exitCode = plan.refused.length > 0 ? EXIT.failed : plan.fitsToday ? EXIT.ok : EXIT.later;
        },
        { needsKey: false },
      );
    });
}

interface NamedPlan {
  readonly plan: Plan;
  readonly names: readonly string[];
  readonly skipped: readonly Skipped[];
}

async function planPath(
  terminal: Terminal,
  laplas: Laplas,
  path: string,
  { model, ask, maxTokens, chunk }: PlanFlags,
): Promise<NamedPlan> {
  const job = await jobOf(terminal, path, model);
  if (job !== undefined) return { plan: await laplas.plan(job.calls), names: job.names, skipped: [] };
  const { texts, skipped } = await readTexts(terminal, path);
  requireTexts({ texts, skipped }, path);
  const pieces = toPieces(texts, chunk);
  const names = pieces.map(({ id }) => id);
  if (ask !== undefined) {
    if (model !== undefined) requireModality(laplas, model, "chat");
    const chat = await chooseModel(laplas, "chat", model);
    const limit = maxTokens === undefined ? {} : { max_tokens: maxTokens };
    const calls = pieces.map(({ text }) => ({
      request: {
        model: chat,
        messages: [{ role: "user", content: `${ask}\n\n${text}` }],
        ...limit,
      },
    }));
    return { plan: await laplas.plan(calls), names, skipped };
  }
  // As embed would call: many texts at once.
  const flags = { model: await chooseModel(laplas, "embedding", model), batch: DEFAULT_BATCH };
  const { accepted, refused } = await sortOut(laplas, pieces, flags);
  const plan = await laplas.plan(callsOf(batchesOf(laplas, accepted, flags), flags));
  const fitsToday = plan.fitsToday && (plan.calls > 0 || refused.length === 0);
  return { plan: { ...plan, refused, fitsToday }, names, skipped };
}

/** The calls of a JSONL file or of stdin; `undefined` where there are texts, as `embed` takes them. @throws InvalidOptionsError */
async function jobOf(terminal: Terminal, path: string, model: string | undefined): Promise<Job | undefined> {
  const isFolder = path !== "-" && (await stat(terminal.resolve(path)).catch(() => undefined))?.isDirectory() === true;
  if (isFolder) return undefined;
  const input = await readInput(terminal, path);
  const first = firstObject(input);
  const isOfTexts = first === undefined ? !/\.(jsonl|ndjson)$/i.test(path) : isText(first);
  return path !== "-" && isOfTexts ? undefined : linesJob(input, path === "-" ? "stdin" : path, model);
}

/** A line of `embed`, and the body of no call. */
function isText({ id, text, request, body, model }: Readonly<Record<string, unknown>>): boolean {
  return typeof id === "string" && typeof text === "string" && (request ?? body ?? model) === undefined;
}

/** What the plan's costs are counted in: its calls are all for one provider. */
function unitOf({ providers, tier }: Laplas, { cost }: Plan): CostUnit {
  return providers.find((one) => one.tier.unit.name === cost.unit)?.tier.unit ?? tier.unit;
}
