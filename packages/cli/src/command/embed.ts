import { isLaplasError, type Laplas } from "@laplas/core";
import { costName, costWords, counted, providerOfModel, whole } from "@laplas/gateway/bodies";
import type { Command } from "commander";
import { addEngineFlags, addJsonFlag } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { EXIT, exitCodeOf } from "../terminal/exit-codes.js";
import { Interruption, interruptible } from "../terminal/interruption.js";
import { paint } from "../terminal/paint.js";
import { note, printJson } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import type { Terminal } from "../terminal/terminal.js";
import { chooseModel, modelHelp } from "./default-models.js";
import { embedBatches } from "./embed-batches.js";
import {
  batchesOf,
  callsOf,
  DEFAULT_BATCH,
  type EmbedFlags,
  type Piece,
  requireTexts,
  sortOut,
  toPieces,
} from "./embed-job.js";
import { openEmbedOutput } from "./embed-output.js";
import { readCount } from "./read-count.js";
import { readTexts } from "./read-texts.js";
import { type Skipped, skippedLines } from "./skipped-lines.js";

export function define(command: Command, terminal: Terminal): void {
  command
    .argument("<folder>", "texts: a folder, one file, or a JSONL file with id and text on each line")
    .requiredOption("-o, --output <file>", "JSONL file that the vectors are added to")
    .option("-m, --model <name>", modelHelp("embedding"))
    .option("--chunk <characters>", "split longer texts, at paragraphs where it can", readCount)
    .option("--batch <count>", "texts in a call", readCount, DEFAULT_BATCH)
    .option("--dimensions <count>", "length of a vector, where the model lets it be chosen", readCount)
    .option("--text", "put the text beside its vector");
  addEngineFlags(addJsonFlag(command))
    .addHelpText(
      "after",
      `
Examples:
  laplas embed ./docs -o docs.jsonl
  laplas embed ./docs -o docs.jsonl --chunk 2000 --text   pieces for retrieval
  laplas plan ./docs --chunk 2000                         what it would cost

Each line has id, model, sha256 of the text, and embedding. The same command
again goes on where the last one ended, by Ctrl-C, kill or a spent budget: lines
are only added, and never twice for one id. Exits with 3 if the rest has to
wait, 1 if some texts can't be embedded.`,
    )
    .action(async (folder: string, { model, ...flags }: Omit<EmbedFlags, "model"> & { readonly model?: string }) => {
      await withEngine(terminal, flags, async ({ laplas }) => {
        const chosen = { ...flags, model: await chooseModel(laplas, "embedding", model) };
        await interruptible(terminal, (signal) => embed(terminal, laplas, folder, chosen, signal));
      });
    });
}

async function embed(
  terminal: Terminal,
  laplas: Laplas,
  folder: string,
  flags: EmbedFlags,
  signal: AbortSignal,
): Promise<void> {
  const found = await readTexts(terminal, folder, flags.output);
  requireTexts(found, folder);
  const pieces = toPieces(found.texts, flags.chunk);
  const { accepted, refused } = await sortOut(laplas, pieces, flags);
  const skipped = [
    ...found.skipped,
    ...refused.map(({ index, error }) => ({ id: pieces[index]?.id ?? "", reason: error.message })),
  ];
  const output = await openEmbedOutput(terminal, flags.output, flags.model);
  try {
    if (output.repaired)
      note(terminal, "The last line was not whole: the program that wrote it was stopped. It is made again.");
    const changed = accepted.filter(({ id, sha256 }) => (output.done.get(id) ?? sha256) !== sha256);
    const todo = accepted.filter(({ id }) => !output.done.has(id));
    const already = accepted.length - todo.length;
    const batches = batchesOf(laplas, todo, flags);
    await announce(terminal, laplas, batches, { already, changed, skipped }, flags);
    const run = { output, batches, total: accepted.length, already, flags, signal };
    const { embedded, cost, failure } = await embedBatches(terminal, laplas, run);
    const left = todo.length - embedded;
    if (flags.json) {
      printJson(terminal, {
        object: "embed",
        output: flags.output,
        model: flags.model,
        texts: accepted.length,
        already,
        embedded,
        left,
        [costName(providerOfModel(laplas, flags.model).tier.unit)]: cost,
        changed: changed.map(({ id }) => id),
        skipped,
      });
    } else
      note(
        terminal,
        summary(flags.output, {
          embedded,
          cost: costWords(cost, providerOfModel(laplas, flags.model).tier.unit),
          left,
          already,
        }),
      );
    if (failure !== undefined) {
      const again = againText(failure, already + embedded);
      if (again !== undefined && left > 0) note(terminal, again);
      throw failure;
    }
    if (refused.length > 0) terminal.exitCode = EXIT.failed;
  } finally {
    await output.close();
  }
}

/** How to go on after a failure. */
function againText(failure: unknown, kept: number): string | undefined {
  const passes = failure instanceof Interruption || (isLaplasError(failure) && exitCodeOf(failure) === EXIT.later);
  if (passes) return "Run the same command again: it resumes where it stopped.";
  return kept === 0 ? undefined : "Once this is fixed, the same command continues where it stopped:";
}

interface Start {
  readonly already: number;
  readonly changed: readonly Piece[];
  readonly skipped: readonly Skipped[];
}

async function announce(
  terminal: Terminal,
  laplas: Laplas,
  batches: readonly Piece[][],
  { already, changed, skipped }: Start,
  flags: EmbedFlags,
): Promise<void> {
  const named = skippedLines(skipped);
  if (changed.length > 0) {
    const [one] = changed;
    named.push(
      `  ${counted(changed.length, "text")} changed since ${changed.length === 1 ? "it was" : "they were"} embedded (${safeLine(one?.id ?? "")}): write to a new file to have the new vectors.`,
    );
  }
  const texts = batches.flat().length;
  if (texts === 0) {
    if (named.length > 0) note(terminal, named.join("\n"));
    return;
  }
  const { cost, fitsToday, days } = await laplas.plan(callsOf(batches, flags));
  const fit = fitsToday ? "" : `, which takes ${counted(days, "day")}`;
  const before = already === 0 ? "" : `, ${whole(already)} done before`;
  const heading = `${counted(texts, "text")} to embed${before}; about ${costWords(cost.expected, providerOfModel(laplas, flags.model).tier.unit)}${fit}.`;
  note(terminal, [heading, ...named].join("\n"));
}

function summary(
  output: string,
  { embedded, cost, left, already }: { embedded: number; cost: string; left: number; already: number },
): string {
  if (embedded + left === 0) return `Nothing to do: ${output} has all ${counted(already, "text")}.`;
  const mark = left === 0 ? paint("green", "Done.") : paint("yellow", `${whole(left)} left.`);
  return `${mark} ${counted(embedded, "text")} embedded into ${output}, for ${cost}.`;
}
