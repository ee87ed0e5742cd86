import { stat } from "node:fs/promises";
import {
  type CostUnit,
  InvalidOptionsError,
  type Laplas,
  type LongAnswerCost,
  type Plan,
  type PlannedCall,
} from "@laplas/core";
import type { Command } from "commander";
import { addContinueFlag, addEngineFlags, addJsonFlag, type EngineFlags } from "../config/engine-flags.js";
import { withEngine } from "../config/open-engine.js";
import { costName } from "../routes/cost-body.js";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { note, printJson, printLines } from "../terminal/print.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, table, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { costWords, counted, duration, whole } from "../terminal/words.js";
import { costText, longAnswerText } from "./check.js";
import { chooseModel } from "./default-models.js";
import { batchesOf, DEFAULT_BATCH, requestOf, requireTexts, sortOut, toPieces } from "./embed-job.js";
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

const MOST_REFUSED = 10;
/** Shorter waits are not worth a word. */
const WORTH_TELLING_MS = 60_000;

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

export function planLines(plan: Plan, names: readonly string[], columns: number): string[] {
  const { calls, requests, cost, longAnswers, fitsToday, days, takesMs, boundBy, refused, fitting, problem } = plan;
  const heading =
    calls === 0
      ? paint("yellow", "There is nothing that could be called.")
      : fitsToday
        ? paint(
            "green",
            takesMs < WORTH_TELLING_MS
              ? "Fits into what is left today."
              : `Fits into today: takes about ${duration(wholeMinutes(takesMs))}.`,
          )
        : paint("yellow", `Takes ${counted(days, "day")}${problem === undefined ? "" : ", if nothing is used yet"}.`);
  const shown = refused.slice(0, MOST_REFUSED);
  return [
    heading,
    "",
    ...fields(
      [
        ["Calls", `${whole(calls)}${requests === calls ? "" : `, which become ${counted(requests, "request")}`}`],
        ["Cost", costText(cost)],
        ...longAnswerText(longAnswers, "all within a day, some would end early"),
        ...(fitsToday || takesMs < WORTH_TELLING_MS ? [] : [["Ends", endText(plan)] as const]),
        ...runTime(plan),
        ...overLimitText(plan, names),
        ...(boundBy === undefined ? [] : [["Held up by", boundBy] as const]),
        ...(refused.length === 0 ? [] : [["Never", paint("red", counted(refused.length, "call"))] as const]),
        ...(problem === undefined ? [] : [["Not known", `what is left: ${safeLine(problem)}`] as const]),
      ],
      columns,
    ),
    ...shown.flatMap(({ index, error }) => {
      const [first = "", ...more] = wrap(safeLine(`${names[index] ?? index}: ${error.message}`), columns - 6);
      return [`    ${first}`, ...more.map((line) => `      ${line}`)];
    }),
    ...(refused.length > shown.length
      ? [`    and ${whole(refused.length - shown.length)} more; --json has them all`]
      : []),
    ...(fitting.length === 0
      ? []
      : [
          "",
          "All of it would fit into today with:",
          ...table(
            [{ title: "" }, { title: "", align: "right" }],
            fitting.map((one) => [`  ${one.model}`, costWords(one.cost, { name: cost.unit })]),
          ),
        ]),
  ];
}

/** When the last call passes. Work that goes on beyond the reset counts in tomorrow's windows. */
function endText({ takesMs, problem }: Plan): string {
  const after = problem === undefined ? ", after today's reset" : ", if nothing is used yet";
  return `in about ${duration(wholeMinutes(takesMs))}${after}`;
}

/** What a tier lets run at once takes as long as it runs, which no window says. */
function runTime({ requests, atOnce }: Plan): (readonly [string, string])[] {
  if (atOnce === undefined || requests <= atOnce) return [];
  const each = counted(requests, "request");
  return [["Run time", `not known, and comes on top: ${each}, ${whole(atOnce)} at a time`]];
}

/** Such a call passes while anything is left, and whatever comes after it is refused. */
function overLimitText({ overLimit }: Plan, names: readonly string[]): (readonly [string, string])[] {
  const [first] = overLimit;
  if (first === undefined) return [];
  const { index, rule, limit } = first;
  const others = overLimit.length === 1 ? "" : ` and ${counted(overLimit.length - 1, "other")}`;
  const verb = overLimit.length === 1 ? "costs" : "cost";
  const name = safeLine(names[index] ?? String(index));
  const text = `${name}${others} ${verb} more than the whole limit of ${whole(limit)} (${rule}): nothing passes after such a call until the reset`;
  return [["Takes all", paint("yellow", text)]];
}

/** Of an estimate the seconds say nothing. */
function wholeMinutes(ms: number): number {
  return Math.round(ms / 60_000) * 60_000;
}

/** What the plan's costs are counted in: its calls are all for one provider. */
function unitOf({ providers, tier }: Laplas, { cost }: Plan): CostUnit {
  return providers.find((one) => one.tier.unit.name === cost.unit)?.tier.unit ?? tier.unit;
}

/** A plan as JSON; `name` is the line or the file of a call. */
function planBody(unit: CostUnit, plan: Plan, names: readonly string[], skipped: readonly Skipped[]): object {
  const { calls, requests, cost, longAnswers, fitsToday, days, takesMs, atOnce, boundBy, refused, overLimit, fitting } =
    plan;
  const { expected, worst } = cost;
  return {
    object: "plan",
    calls,
    requests,
    [costName(unit)]: { expected, worst },
    long_answers: longAnswers === undefined ? null : longAnswersBody(unit, longAnswers),
    fits_today: fitsToday,
    days,
    takes_ms: takesMs,
    at_once: atOnce ?? null,
    bound_by: boundBy ?? null,
    refused: refused.map(({ index, error: { code, message, rule, param } }) => ({
      index,
      name: names[index] ?? null,
      error: { code, message, rule: rule ?? null, param: param ?? null },
    })),
    over_limit: overLimit.map(({ index, rule, limit }) => ({ index, name: names[index] ?? null, rule, limit })),
    fitting: fitting.map((one) => ({ model: one.model, [costName(unit)]: one.cost })),
    skipped,
    problem: plan.problem ?? null,
  };
}

function longAnswersBody(
  unit: CostUnit,
  { parts, tokens, expected, worst, shareOfDay, shareOfLeft }: LongAnswerCost,
): object {
  const shares = { share_of_day: shareOfDay ?? null, share_of_left: shareOfLeft ?? null };
  return { parts, tokens, [costName(unit)]: { expected, worst }, ...shares };
}
