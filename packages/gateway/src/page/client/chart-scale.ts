import { type DayUse, HOUR_MS, usedElsewhere } from "./day-use.js";
import type { Pace } from "./pace.js";

/** A piece of a column, in percent of the chart's height. */
export interface Block {
  /** Index into the chart's series. */
  readonly series: number;
  readonly from: number;
  readonly height: number;
}

/** A column as it is drawn. */
export interface DrawnColumn {
  readonly blocks: readonly Block[];
  /** How high what is left stands at its end, in percent; `undefined` where the chart shows no level, and for hours to come. */
  readonly level: number | undefined;
  /** What was left at its end. */
  readonly left: number | undefined;
}

/** A chart as it is drawn: percentages, so that it is as wide as there is room. */
export interface DrawnChart {
  readonly columns: readonly DrawnColumn[];
  /** The value at the top. */
  readonly top: number;
  /** What was used elsewhere, as a band at the top, in percent. */
  readonly elsewhere: number;
  /** Where the present stands, in percent from the left. */
  readonly nowAt: number;
  /** How much of the present's column is over, in percent. */
  readonly present: number;
  /** Where the pace leads, in percent: from the present to nothing, or to the reset. */
  readonly pace: { readonly x: number; readonly y: number } | undefined;
}

const LEAST_TOP = 5;

/** Bars of calls, or of costs without a day to count: as high as what was used, on a scale that ends with a round number. */
export function drawBars(use: DayUse, now: number): DrawnChart {
  // A single call is no full chart.
  const top = roundUp(Math.max(LEAST_TOP, ...use.columns.map(({ cost }) => cost)));
  const columns = use.columns.map(({ parts }): DrawnColumn => {
    let from = 0;
    const blocks = parts.flatMap(({ cost }, series): Block[] => {
      if (cost <= 0) return [];
      const block = { series, from, height: (cost / top) * 100 };
      from += block.height;
      return [block];
    });
    return { blocks, level: undefined, left: undefined };
  });
  return { columns, top, elsewhere: 0, nowAt: nowAt(use, now), present: 100, pace: undefined };
}

/** The day as a tank: full at the start, each hour takes its blocks off the top, and what is left stands below them. */
export function drawLevel(
  use: DayUse,
  { limit, used, left, now, pace }: { limit: number; used: number; left: number; now: number; pace: Pace | undefined },
): DrawnChart {
  const elsewhere = Math.min(limit, usedElsewhere(use, used));
  const percent = (count: number): number => Math.max(0, Math.min(100, (count / limit) * 100));
  let level = limit - elsewhere;
  const columns = use.columns.map(({ from, parts }): DrawnColumn => {
    if (from > now) return { blocks: [], level: undefined, left: undefined };
    const blocks = parts.flatMap(({ cost }, series): Block[] => {
      if (cost <= 0 || level <= 0) return [];
      const below = Math.max(0, level - cost);
      const block = { series, from: percent(below), height: percent(level) - percent(below) };
      level = below;
      return [block];
    });
    return { blocks, level: percent(level), left: level };
  });
  const end = (use.columns.at(-1)?.from ?? 0) + HOUR_MS;
  const begin = end - use.columns.length * HOUR_MS;
  const across = (at: number): number => ((at - begin) / (end - begin)) * 100;
  return {
    columns,
    top: limit,
    elsewhere: percent(elsewhere),
    nowAt: nowAt(use, now),
    present: ((now % HOUR_MS) / HOUR_MS) * 100,
    pace:
      pace === undefined
        ? undefined
        : pace.kind === "empty"
          ? { x: Math.min(100, across(pace.at)), y: 0 }
          : { x: 100, y: percent(Math.min(left, pace.left)) },
  };
}

function nowAt({ columns }: DayUse, now: number): number {
  const begin = columns[0]?.from ?? now;
  return Math.max(0, Math.min(100, ((now - begin) / (columns.length * HOUR_MS)) * 100));
}

/** The next of 1, 2 and 5 with zeros. */
export function roundUp(most: number): number {
  if (most <= 1) return 1;
  const zeros = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((step) => step * zeros).find((step) => step >= most) ?? most;
}
