import type { HourOfUse } from "../../recent/hourly-use.js";
import { costOf } from "./cost.js";

/** An hour of the chart, or what of it is one model's. */
export interface Use {
  readonly cost: number;
  readonly calls: number;
}

/** A column of the chart. */
export interface Column extends Use {
  /** Epoch milliseconds: when its hour begins. */
  readonly from: number;
  /** In the order of the chart's series. */
  readonly parts: readonly Use[];
}

/** What the chart shows: hours side by side, models on top of each other. */
export interface DayUse {
  readonly columns: readonly Column[];
  /** The models that used most, most first; the last may be the sum of all others. */
  readonly series: readonly string[];
}

export const HOUR_MS = 3_600_000;
const HOURS = 24;
/** So many colours are told apart, by those too who see fewer of them. */
const MOST_SERIES = 5;
export const OTHERS = "other models";

/**
 * The hours of the account's day, or of the last day where no day is counted.
 *
 * @param resetsAt when the day ends; some seconds past the hour, which the tier's margin adds
 * @param counts what is added up: costs, or calls where costs have no sum
 */
export function dayUse(
  hours: readonly HourOfUse[],
  now: number,
  resetsAt: number | undefined,
  counts: "cost" | "calls" = "cost",
): DayUse {
  const end = resetsAt === undefined ? Math.floor(now / HOUR_MS) + 1 : Math.floor(resetsAt / HOUR_MS);
  const known = new Map(hours.map((hour) => [Date.parse(hour.from) / HOUR_MS, hour]));
  const sumOf = (use: HourOfUse | HourOfUse["models"][number]): number =>
    counts === "calls" ? use.calls : costOf(use);
  const shown = Array.from({ length: HOURS }, (_, index) => end - HOURS + index);
  const totals = new Map<string, number>();
  for (const hour of shown) {
    for (const own of known.get(hour)?.models ?? []) totals.set(own.model, (totals.get(own.model) ?? 0) + sumOf(own));
  }
  const ranked = [...totals]
    .filter(([, sum]) => sum > 0)
    .sort(([, one], [, other]) => other - one)
    .map(([model]) => model);
  const named = ranked.length > MOST_SERIES ? ranked.slice(0, MOST_SERIES - 1) : ranked;
  let hasOthers = false;
  const columns = shown.map((hour): Column => {
    const use = known.get(hour);
    if (use === undefined) return { from: hour * HOUR_MS, cost: 0, calls: 0, parts: named.map(() => NOTHING) };
    const whole: Use = { cost: sumOf(use), calls: use.calls };
    const parts = named.map((model): Use => {
      const own = use.models.find((one) => one.model === model);
      return own === undefined ? NOTHING : { cost: sumOf(own), calls: own.calls };
    });
    const rest = parts.reduce(
      (left, { cost, calls }) => ({ cost: left.cost - cost, calls: left.calls - calls }),
      whole,
    );
    if (rest.cost > 0) hasOthers = true;
    return { from: hour * HOUR_MS, ...whole, parts: [...parts, rest] };
  });
  if (hasOthers) return { columns, series: [...named, OTHERS] };
  return {
    columns: columns.map(({ parts, ...own }) => ({ ...own, parts: parts.slice(0, named.length) })),
    series: named,
  };
}

const NOTHING: Use = { cost: 0, calls: 0 };

/** What was used in the window beside the columns: before this gateway began, or by other programs. */
export function usedElsewhere({ columns }: DayUse, used: number): number {
  return Math.max(0, Math.floor(used) - columns.reduce((sum, { cost }) => sum + cost, 0));
}
