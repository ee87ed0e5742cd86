import type { HourOfUse } from "../../recent/hourly-use.js";
import { costOf } from "./cost.js";

/** A column of the chart. */
export interface Column {
  /** Epoch milliseconds: when its hour begins. */
  readonly from: number;
  readonly cost: number;
  readonly calls: number;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;

/**
 * The hours of the account's day, or of the last day where no day is counted.
 *
 * @param resetsAt when the day ends; some seconds past the hour, which the tier's margin adds
 */
export function hoursOfDay(hours: readonly HourOfUse[], now: number, resetsAt: number | undefined): Column[] {
  const end = resetsAt === undefined ? Math.floor(now / HOUR_MS) + 1 : Math.floor(resetsAt / HOUR_MS);
  const known = new Map(hours.map((hour) => [Date.parse(hour.from) / HOUR_MS, hour]));
  return Array.from({ length: HOURS }, (_, index) => {
    const hour = end - HOURS + index;
    const use = known.get(hour);
    return { from: hour * HOUR_MS, cost: use === undefined ? 0 : costOf(use), calls: use?.calls ?? 0 };
  });
}

/** What was spent in the window beside the columns: before this gateway began, or by other programs. */
export function spentElsewhere(columns: readonly Column[], used: number): number {
  return Math.max(0, Math.floor(used) - columns.reduce((sum, { cost }) => sum + cost, 0));
}
