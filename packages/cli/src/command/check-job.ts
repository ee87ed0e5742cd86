import type { CheckResult, CostUnit, Laplas } from "@laplas/core";
import { checkBody, costName, costWords, counted, duration, isPool, providerOf, whole } from "@laplas/gateway/bodies";
import { EXIT } from "../terminal/exit-codes.js";
import { paint } from "../terminal/paint.js";
import { printJson, printLines } from "../terminal/print.js";
import { printPlainError, printProblem } from "../terminal/problem.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, table, wrap } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";
import { wholeSeconds } from "./check-lines.js";
import { type CheckFlags, exitCodeFor, requestOf } from "./check-request.js";
import type { Job } from "./lines-job.js";

/** A line of a job, and what was found. */
interface CheckedLine {
  readonly name: string;
  readonly count: number;
  readonly result: CheckResult;
}

/** A job, and what is wrong with lines that hold no call. */
interface FaultyJob extends Job {
  readonly faults: readonly Error[];
}

/** Checks each call of a job by itself: a line for each, and a sum. Lines that hold no call are told at the end, as wrong arguments. */
export async function checkJob(terminal: Terminal, laplas: Laplas, job: FaultyJob, flags: CheckFlags): Promise<void> {
  const lines: CheckedLine[] = [];
  for (const [index, { request, count = 1 }] of job.calls.entries()) {
    const body = requestOf(request as unknown as Readonly<Record<string, unknown>>, flags);
    const result = await laplas.check(body as unknown as Parameters<typeof laplas.check>[0]);
    const name = job.names[index] ?? String(index);
    lines.push({ name, count, result });
    const unit = providerOf(laplas, result.provider).tier.unit;
    if (flags.json) printJson(terminal, { ...checkBody(result, unit), name, count });
  }
  if (flags.json) {
    for (const { message } of job.faults) printPlainError(terminal, "invalid_options", message);
    printJson(terminal, { ...sumBody(laplas, lines), invalid: job.faults.length });
  } else if (lines.length > 0) printLines(terminal, jobLines(laplas, lines, Date.now(), terminal.stdout));
  for (const { message } of job.faults) printProblem(terminal, message);
  terminal.exitCode = job.faults.length > 0 ? EXIT.misuse : worstCode(lines);
}

/** One that never passes comes before one that has to wait. */
function worstCode(lines: readonly CheckedLine[]): number {
  const codes = lines.map(({ result }) => exitCodeFor(result));
  return (
    codes.find((code) => code !== EXIT.ok && code !== EXIT.later) ?? codes.find((code) => code !== EXIT.ok) ?? EXIT.ok
  );
}

function jobLines(
  laplas: Laplas,
  lines: readonly CheckedLine[],
  now: number,
  { room, columns }: { readonly room: number; readonly columns: number },
): string[] {
  const isOfSeveral = isPool(laplas);
  const rows = lines.map(({ name, count, result }) => {
    const { provider, model = "", cost } = result;
    return [
      `${name}${count === 1 ? "" : ` (${whole(count)})`}`,
      verdictWords(result, now),
      safeLine(isOfSeveral && provider !== undefined ? `${provider}/${model}` : model),
      cost === undefined
        ? ""
        : `${cost.worst > cost.expected ? "about " : ""}${costWords(cost.expected, { name: cost.unit })}`,
    ];
  });
  const titles = [
    { title: "" },
    { title: "WOULD" },
    { title: "MODEL", spare: 2 },
    { title: "COST", align: "right", spare: 1 } as const,
  ];
  const counts = countsOf(lines);
  const parts = [
    ...(counts.pass > 0 ? [`${whole(counts.pass)} at once`] : []),
    ...(counts.later > 0 ? [`${whole(counts.later)} later`] : []),
    ...(counts.never > 0 ? [`${whole(counts.never)} never`] : []),
  ];
  return [
    ...table(titles, rows, room),
    ...lines.flatMap(({ name, result: { error } }) =>
      error === undefined ? [] : reasonLines(name, error.message, columns),
    ),
    "",
    ...fields(
      [
        ["Calls", `${counted(counts.pass + counts.later + counts.never, "call")}: ${parts.join(", ")}`],
        ...costsOf(laplas, lines).map(({ unit, expected, worst }) => {
          const most = worst > expected ? `, at most ${whole(Math.ceil(worst))}` : "";
          return ["Cost", `about ${costWords(expected, unit)}${most}`] as const;
        }),
        ["", paint("dim", "Each as if it came alone; all of them together: laplas plan")],
      ],
      columns,
    ),
  ];
}

function reasonLines(name: string, message: string, columns: number): string[] {
  const [first = "", ...more] = wrap(`${name}: ${safeLine(message)}`, columns - 4);
  return ["", `  ${first}`, ...more.map((line) => `    ${line}`)];
}

function verdictWords({ verdict, waitMs, error }: CheckResult, now: number): string {
  if (verdict === "pass") return paint("green", "be sent at once");
  const ms =
    waitMs ?? error?.retryAfterMs ?? (error?.resetsAt === undefined ? undefined : error.resetsAt.getTime() - now);
  if (ms !== undefined) return paint("yellow", `wait ${duration(wholeSeconds(Math.max(1, ms)))}`);
  return verdict === "wait" ? paint("yellow", "wait its turn") : paint("red", "never pass");
}

/** When a call passes. */
type Passes = "pass" | "later" | "never";

function passes(result: CheckResult): Passes {
  const code = exitCodeFor(result);
  return code === EXIT.ok ? "pass" : code === EXIT.later ? "later" : "never";
}

function countsOf(lines: readonly CheckedLine[]): Record<Passes, number> {
  const counts = { pass: 0, later: 0, never: 0 };
  for (const { result, count } of lines) counts[passes(result)] += count;
  return counts;
}

/** The cost of all that may pass, in each unit that is counted in. */
function costsOf(
  laplas: Laplas,
  lines: readonly CheckedLine[],
): readonly { readonly unit: CostUnit; readonly expected: number; readonly worst: number }[] {
  const sums = new Map<string, { unit: CostUnit; expected: number; worst: number }>();
  for (const { result, count } of lines) {
    const { cost, provider } = result;
    if (cost === undefined || passes(result) === "never") continue;
    const { unit } = providerOf(laplas, provider).tier;
    const { expected, worst } = sums.get(unit.name) ?? { expected: 0, worst: 0 };
    sums.set(unit.name, { unit, expected: expected + cost.expected * count, worst: worst + cost.worst * count });
  }
  return [...sums.values()];
}

function sumBody(laplas: Laplas, lines: readonly CheckedLine[]): object {
  const costs = costsOf(laplas, lines).map(({ unit, expected, worst }) => [costName(unit), { expected, worst }]);
  return { object: "check.sum", ...countsOf(lines), ...Object.fromEntries(costs) };
}
