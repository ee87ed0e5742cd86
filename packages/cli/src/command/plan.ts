import { stat } from "node:fs/promises";
import { type CostUnit, InvalidOptionsError, type Laplas, type Plan, type PlannedCall } from "@laplas/core";
import type { Command } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";
import { chooseModel } from "./default-models.js";
import { batchesOf, DEFAULT_BATCH, requestOf, requireTexts, sortOut, toPieces } from "./embed-job.js";
import { planBody } from "./plan-body.js";
import { planLines } from "./plan-lines.js";
import { readCount } from "./read-count.js";
import { parseLine, readInput } from "./read-request-file.js";
import { readTexts } from "./read-texts.js";
import { requireModality } from "./require-modality.js";
import { type Skipped, skippedLines } from "./skipped-lines.js";

interface PlanFlags extends EngineFlags {
  readonly model?: string;
  readonly ask?: string;
  readonly maxTokens?: number;
  readonly chunk?: number;
}

/** A job, and how its parts are called where it came from. */
interface Job {
  readonly calls: readonly PlannedCall[];
  readonly names: readonly string[];
}

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("<job>", "a JSONL file with the body of a call on each line, - for stdin; or a folder of texts")
    .option("-m, --model <name>", "model, in place of those in the file")
    .option("--ask <question>", "for a folder: ask this about each text, instead of embedding it")
    .option("--max-tokens <count>", "for --ask: longest answer", readCount)
    .option("--chunk <characters>", "for a folder: split longer texts, as embed does", readCount);
  addEngineFlags(addJsonFlag(addContinueFlag(command)))
    .addHelpText(
      "after",
      `
Examples:
  laplas plan ./docs                 embed a folder
  laplas plan ./docs --ask "Summarise this." -m gpt-4o
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
          if (account === "none" && !flags.json)
            note(terminal, paint("dim", "\nWithout a key: as if nothing were used."));
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
  const isFolder = path !== "-" && (await stat(terminal.resolve(path)).catch(() => undefined))?.isDirectory() === true;
  if (!isFolder) {
    const { calls, names } = linesJob(await readInput(terminal, path), path === "-" ? "stdin" : path, model);
    return { plan: await laplas.plan(calls), names, skipped: [] };
  }
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
  const batches = batchesOf(laplas, accepted, flags);
  const plan = await laplas.plan(
    batches.map((batch) => ({
      request: requestOf(
        flags,
        batch.map(({ text }) => text),
      ),
    })),
  );
  const fitsToday = plan.fitsToday && (plan.calls > 0 || refused.length === 0);
  return { plan: { ...plan, refused, fitsToday }, names, skipped };
}

/** One call a line: its body, `{"request", "count"}`, or a line of OpenAI's batch format, whose body is `body`. */
export function linesJob(jsonl: string, where: string, model: string | undefined): Job {
  const calls: PlannedCall[] = [];
  const names: string[] = [];
  for (const [index, line] of jsonl.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { request, body, count, ...fields } = parseLine(line, where, index + 1);
    const asked = (request ?? body ?? fields) as PlannedCall["request"];
    if (count !== undefined && !(Number.isSafeInteger(count) && Number(count) > 0))
      throw new InvalidOptionsError(
        `${where}, line ${index + 1}: "count" must be a whole number, 1 or more, not ${JSON.stringify(count)}.`,
      );
    calls.push({ request: model === undefined ? asked : { ...asked, model }, count: Number(count ?? 1) });
    names.push(`line ${index + 1}`);
  }
  if (calls.length === 0)
    throw new InvalidOptionsError(`${where} is empty, but must hold the body of a call on each line, as JSON.`);
  return { calls, names };
}

/** What the plan's costs are counted in: its calls are all for one provider. */
function unitOf({ providers, tier }: Laplas, { cost }: Plan): CostUnit {
  return providers.find((one) => one.tier.unit.name === cost.unit)?.tier.unit ?? tier.unit;
}
