import { afterAll, describe, expect, it } from "vitest";
import { markdownTable } from "../bench/markdown-table.ts";
import { FAMILIES, openRoomy, refusals } from "../open-roomy.ts";
import { askLong, type LongAnswer } from "./ask-long.ts";
import { HABITS, type HabitRow } from "./habits.ts";
import { isCounted, KINDS, type LongTask, longTask } from "./kinds.ts";
import { followUpsIn, provesSeam } from "./said-again.ts";

/**
 * A hundred long answers for each habit and family: what a model does that is asked to go on, and what its caller gets then. The models are
 * the sandbox's: what is proved here is the join, not how often real models have which habit.
 */

const NOON = Date.parse("2026-03-10T12:00:00.000Z");
const ANSWERS = 100;
const TOKENS = [700, 1_100, 1_600, 2_200, 3_000];
const TORN = ["whole", "whole", "replaced", "whole", "whole", "whole", "half"] as const;
const LEAST_WHOLE = 0.98;
const LEAST_VALID = 0.95;

type Outcome =
  /** Reported as complete: the uncut answer. */
  | "equal"
  /** Reported as complete, and what the model has said instead. */
  | "as said"
  /** Reported as cut: `length`, and a reason why. */
  | "cut"
  /** Anything else, which may never be. */
  | "wrong";

interface Tried {
  readonly outcome: Outcome;
  readonly task: LongTask;
  /** Whether each of its seams could be proved. */
  readonly isProvable: boolean;
  readonly answer: LongAnswer;
  readonly what: string;
}

const table: string[][] = [];
/** Of those who repeat words: how many, of all families. */
const byWords: Tried[][] = Array.from({ length: 41 }, () => []);
const WORD_GROUPS = [1, 2, 3, 4, 6, 11, 21];

afterAll(() => {
  const head = ["habit", "family", "uncut", "as said", "cut", "wrong", "provable", "of these uncut"];
  const wordRows = WORD_GROUPS.map((from, at) => {
    const to = (WORD_GROUPS[at + 1] ?? 41) - 1;
    const list = byWords.slice(from, to + 1).flat();
    const provable = list.filter(({ isProvable }) => isProvable);
    const name = from === to ? String(from) : `${from} to ${to}`;
    return [
      name,
      String(list.length),
      share(list, "equal"),
      share(list, "cut"),
      String(provable.length),
      share(provable, "equal"),
    ];
  });
  const words = markdownTable(["words repeated", "answers", "uncut", "cut", "provable", "of these uncut"], wordRows);
  console.log(`${ANSWERS} long answers per habit and family\n\n${markdownTable(head, table)}\n\n${words}`);
});

describe.each(["openai", "gemini", "claude"] as const)("long answers of a model of the family %s", (family) => {
  it.each(HABITS)("that, asked to go on: $name", async (row) => {
    const { sandbox, laplas, close } = await openRoomy(
      { clock: { start: NOON, frozen: true } },
      { continueAtCap: 8, now: () => NOON },
    );
    const tried: Tried[] = [];
    try {
      let seen = 0;
      for (let index = 0; index < ANSWERS; index++) {
        const kind = KINDS[index % KINDS.length] ?? "sentences";
        const stream = Math.floor(index / KINDS.length) % 2 === 1;
        const task = longTask(kind, FAMILIES[family], `Write ${kind}, number ${index}.`, index + 1, TOKENS[index % 5]);
        const torn = TORN[index % TORN.length] ?? "whole";
        const habit = row.habit(index);
        sandbox.write({ ...task.draft, habit, jitter: 60, torn });
        const before = sandbox.used();
        const answer = await askLong(laplas, task.request, { stream });
        expectCharged(answer, sandbox.used() - before);
        const requests = sandbox.requests.slice(seen);
        seen = sandbox.requests.length;
        expect(answer.report.parts).toHaveLength(requests.length);
        const isProvable = followUpsIn(requests).every((followUp) => provesSeam(habit, followUp));
        const what = `${index}: ${kind}, ${stream ? "streamed" : "whole"}, ${torn}, ${JSON.stringify(habit)}`;
        const one = { outcome: outcomeOf(row, task, answer), task, isProvable, answer, what };
        tried.push(one);
        if (habit.kind === "repeatsWords") byWords[habit.words ?? 0]?.push(one);
      }
      expect(refusals(sandbox)).toEqual([]);
      expect(sandbox.counts()).toMatchObject({ refused: 0, probe: 0, faulted: 0 });
    } finally {
      await close();
    }
    addRow(row, family, tried);
    expectPromise(row, tried);
  });
});

function outcomeOf({ isSaid }: HabitRow, task: LongTask, answer: LongAnswer): Outcome {
  const { finishReason, ended } = answer;
  if (finishReason === "length" && ended !== undefined && ended !== "complete") return "cut";
  if (ended !== "complete" || finishReason !== (task.kind === "file" ? "tool_calls" : "stop")) return "wrong";
  const said = task.read(answer);
  if (said === task.text) return "equal";
  // Two sentences of one number, or one that is missing, are wrong whatever the model has said.
  return said !== undefined && isSaid?.(said, task.text, task.kind) && isCounted(task.kind, said) ? "as said" : "wrong";
}

function expectPromise({ name, promised }: HabitRow, tried: readonly Tried[]): void {
  const of = (outcome: Outcome, list = tried): string[] =>
    list.filter((one) => one.outcome === outcome).map(({ what, answer }) => `${what}: ${answer.ended}`);
  expect(of("wrong")).toEqual([]);
  if (promised === "cut") {
    expect(of("cut")).toHaveLength(ANSWERS);
    return;
  }
  if (promised === "as said") {
    // Of JSON that is closed too early nobody can know; of JSON that is not closed it is seen.
    const isCutAllowed = name === "says that nothing is missing";
    const list = tried.filter(({ task: { kind } }) => !isCutAllowed || (kind !== "list" && kind !== "file"));
    expect(of("cut", list).length).toBeLessThanOrEqual(list.length * (1 - LEAST_WHOLE));
    return;
  }
  const provable = tried.filter(({ isProvable }) => isProvable);
  const unproved = tried.filter(({ isProvable }) => !isProvable);
  expect(of("equal", provable).length, of("cut", provable).join("\n")).toBeGreaterThanOrEqual(
    provable.length * LEAST_WHOLE,
  );
  const valid = provable.filter(({ task: { kind } }) => kind === "list" || kind === "file");
  expect(of("equal", valid).length).toBeGreaterThanOrEqual(valid.length * LEAST_VALID);
  // One or two words, or a piece that stands in the answer twice, prove no place in it: "ha ha " and "ha ha ha." may be a repetition or
  // the rest. No law could join these and never be wrong, so they are counted apart, and have to be reported as cut.
  expect(of("cut", unproved)).toHaveLength(unproved.length);
}

/** The cost that is reported is the one that is charged. Streams of these two families tell none: there it is an upper estimate. */
function expectCharged({ report }: LongAnswer, charged: number): void {
  const { apiTokens = Number.NaN, estimated, parts = [] } = report;
  expect(parts.reduce((sum, part) => sum + (part.apiTokens ?? Number.NaN), 0)).toBeCloseTo(apiTokens, 6);
  if (estimated) expect(apiTokens).toBeGreaterThanOrEqual(charged);
  else expect(apiTokens).toBe(charged);
}

function addRow({ name, promised }: HabitRow, family: string, tried: readonly Tried[]): void {
  const provable = promised === "whole" ? tried.filter(({ isProvable }) => isProvable) : [];
  table.push([
    name,
    family,
    ...(["equal", "as said", "cut", "wrong"] as const).map((outcome) => share(tried, outcome)),
    promised === "whole" ? String(provable.length) : "",
    share(provable, "equal"),
  ]);
}

function share(list: readonly Tried[], outcome: Outcome): string {
  if (list.length === 0) return "";
  return `${Math.round((100 * list.filter((one) => one.outcome === outcome).length) / list.length)} %`;
}
