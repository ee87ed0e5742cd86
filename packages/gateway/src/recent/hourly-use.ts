import { type CostUnit, costIn } from "@laplas/core";
import { type CostBody, costBody } from "../routes/cost-body.js";

/** What the calls of one hour came to. */
export interface HourOfUse extends CostBody {
  /** ISO 8601, in UTC: when the hour began. */
  readonly from: string;
  readonly calls: number;
}

/** The cost of each hour, as far as they went through this process since it began. */
export interface HourlyUse {
  add(at: Date, cost: number): void;
  /** The hours that had calls, oldest first. */
  list(): HourOfUse[];
}

const HOUR_MS = 3_600_000;
/** A day of any zone, and the day before it. */
const MOST_HOURS = 48;

export function createHourlyUse(unit: CostUnit): HourlyUse {
  const hours: { hour: number; cost: number; calls: number }[] = [];
  return {
    add(at, cost) {
      const hour = Math.floor(at.getTime() / HOUR_MS);
      let last = hours.at(-1);
      // A clock that was set back adds to the newest hour: an approximation, and no second bar.
      if (last === undefined || last.hour < hour) {
        last = { hour, cost: 0, calls: 0 };
        hours.push(last);
        if (hours.length > MOST_HOURS) hours.shift();
      }
      last.cost += cost;
      last.calls += 1;
    },
    list: () =>
      hours.map(({ hour, cost, calls }) => ({
        from: new Date(hour * HOUR_MS).toISOString(),
        ...costBody(costIn(unit, cost)),
        calls,
      })),
  };
}
