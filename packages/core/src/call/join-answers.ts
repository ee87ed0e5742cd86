import type { CostUnit } from "../cost/meter.js";
import { costIn, costOf } from "../cost/meter.js";
import { isObject } from "../dialect/field-values.js";
import type { ChatCompletion, JsonObject, Usage } from "../request/wire-types.js";
import type { CallReport } from "./report.js";

/**
 * The answers of several chats as one: the choices numbered in the order of the chats, the usage summed.
 *
 * @param answers at least one
 * @param each how many choices each chat was asked for
 */
export function joinAnswers(answers: readonly ChatCompletion[], each: number): ChatCompletion {
  const [first] = answers;
  if (first === undefined) throw new TypeError("there is no answer to join");
  return {
    ...first,
    choices: answers.flatMap(({ choices }, position) =>
      choices.map((choice) => ({ ...choice, index: position * each + choice.index })),
    ),
    ...usageOf(answers),
  };
}

function usageOf(answers: readonly ChatCompletion[]): { usage?: Usage } {
  const usage = answers.flatMap(({ usage: one }) => (one === undefined ? [] : [one])).reduce(addUsage, {});
  return Object.keys(usage).length === 0 ? {} : { usage };
}

/** Counts add up, in details as well; what is estimated in a part is estimated. */
export function addUsage(sum: Usage, more: Usage): Usage {
  const added: JsonObject = { ...sum };
  for (const [name, value] of Object.entries(more)) {
    const before = added[name];
    if (typeof value === "number" && typeof before === "number") added[name] = before + value;
    else if (isObject(value) && isObject(before)) added[name] = addUsage(before, value);
    else if (value !== false && value !== null) added[name] = value;
    else added[name] ??= value;
  }
  return added;
}

/** The reports of several calls as one: what is left is as the last saw it. */
export function joinReports(reports: readonly CallReport[], unit: CostUnit): CallReport {
  const last = reports.at(-1);
  if (last === undefined) throw new TypeError("there is no report to join");
  const sum = (amountOf: (report: CallReport) => number): number =>
    reports.reduce((total, report) => total + amountOf(report), 0);
  const adjusted = new Map(reports.flatMap((report) => report.adjusted.map((one) => [one.to, one] as const)));
  return {
    ...last,
    ...costIn(unit, sum(costOf)),
    estimated: reports.some(({ estimated }) => estimated),
    adjusted: [...adjusted.values()],
    waitedMs: sum(({ waitedMs }) => waitedMs),
    attempts: sum(({ attempts }) => attempts),
    truncatedByTier: reports.some(({ truncatedByTier }) => truncatedByTier),
    requestId: reports[0]?.requestId ?? last.requestId,
  };
}
