import type { Plan } from "@laplas/core";
import { costWords, counted, duration, whole } from "@laplas/gateway/bodies";
import { paint } from "../terminal/paint.js";
import { safeLine } from "../terminal/safe-text.js";
import { fields, table, wrap } from "../terminal/table.js";
import { costText, longAnswerText } from "./cost-text.js";

const MOST_REFUSED = 10;
/** Shorter waits are not worth a word. */
const WORTH_TELLING_MS = 60_000;

/** A plan in words; `names` are those of its calls. */
export function planLines(plan: Plan, names: readonly string[], columns: number): string[] {
  const { calls, requests, cost, longAnswers, fitsToday, takesMs, boundBy, refused, fitting, problem } = plan;
  const shown = refused.slice(0, MOST_REFUSED);
  return [
    headingOf(plan),
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

/** An estimate goes by what such calls usually cost: where they would take more days at most, it says so. */
function headingOf({ calls, fitsToday, days, worstDays, takesMs, problem }: Plan): string {
  if (calls === 0) return paint("yellow", "There is nothing that could be called.");
  const usual = worstDays === undefined ? "" : " at the usual cost";
  const worst = worstDays === undefined ? "" : `; at worst ${counted(worstDays, "day")}`;
  if (!fitsToday) {
    const unused = problem === undefined ? "" : ", if nothing is used yet";
    return paint("yellow", `Takes ${counted(days, "day")}${usual}${worst}${unused}.`);
  }
  const fits =
    takesMs < WORTH_TELLING_MS
      ? `Fits into what is left today${usual}`
      : `Fits into today${usual}: takes about ${duration(wholeMinutes(takesMs))}`;
  return paint(worstDays === undefined ? "green" : "yellow", `${fits}${worst}.`);
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
  return [["Run time", `comes on top, and can't be foreseen: ${each}, ${whole(atOnce)} at a time`]];
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
