import { type CostUnit, costIn } from "@laplas/core";
import { type CostBody, costBody } from "../routes/cost-body.js";
import { ownName } from "./own-name.js";

/** What some calls came to. */
interface Use extends CostBody {
  readonly calls: number;
}

/** What the calls of one hour came to. */
export interface HourOfUse extends Use {
  /** ISO 8601, in UTC: when the hour began. */
  readonly from: string;
  /** The same by model, those that came first in that hour; what is missing to the whole is the others'. */
  readonly models: readonly (Use & { readonly model: string })[];
}

/** The cost of each hour, as far as they went through this process since it began. */
export interface HourlyUse {
  add(at: Date, model: string, cost: number): void;
  /** The hours that had calls, oldest first. */
  list(): HourOfUse[];
}

interface Sum {
  cost: number;
  calls: number;
}

const HOUR_MS = 3_600_000;
/** A day of any zone, and the day before it. */
const MOST_HOURS = 48;
/** More colours nobody tells apart; a program that makes names up fills no memory with them. */
const MOST_MODELS = 12;

export function createHourlyUse(unit: CostUnit): HourlyUse {
  const hours: (Sum & { readonly hour: number; readonly models: Map<string, Sum> })[] = [];
  const use = ({ cost, calls }: Sum): Use => ({ ...costBody(costIn(unit, cost)), calls });
  return {
    add(at, name, cost) {
      const model = ownName(name);
      const hour = Math.floor(at.getTime() / HOUR_MS);
      let last = hours.at(-1);
      // A clock that was set back adds to the newest hour: an approximation, and no second bar.
      if (last === undefined || last.hour < hour) {
        last = { hour, cost: 0, calls: 0, models: new Map() };
        hours.push(last);
        if (hours.length > MOST_HOURS) hours.shift();
      }
      if (!last.models.has(model) && last.models.size < MOST_MODELS) last.models.set(model, { cost: 0, calls: 0 });
      for (const sum of [last, last.models.get(model)]) {
        if (sum === undefined) continue;
        sum.cost += cost;
        sum.calls += 1;
      }
    },
    list: () =>
      hours.map(({ hour, models, ...sum }) => ({
        from: new Date(hour * HOUR_MS).toISOString(),
        ...use(sum),
        models: [...models].map(([model, own]) => ({ model, ...use(own) })),
      })),
  };
}
