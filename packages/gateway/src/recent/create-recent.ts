import { costOf, type Laplas } from "@laplas/core";
import type { RequestScope } from "../log/request-log.js";
import { createFeed, type Feed } from "./feed.js";
import { fullName } from "./full-name.js";
import { createHourlyUse } from "./hourly-use.js";
import { createRecentCalls, type RecentCalls } from "./recent-calls.js";

/** What has happened lately: kept in memory, bounded, and told to those who watch. */
export interface Recent {
  readonly calls: RecentCalls;
  readonly feed: Feed;
  /** Takes its listeners off the engines, and ends the watchers. */
  close(): void;
}

/** What it is made with. */
export interface RecentOptions {
  readonly laplas: Laplas;
  readonly playground: Laplas | undefined;
  readonly showPrompts: boolean;
  readonly now: () => number;
  /** Hears the engines. */
  readonly onEvent: Laplas["onEvent"];
  /** The request that an event belongs to. */
  readonly scope: () => RequestScope | undefined;
}

export function createRecent({ laplas, playground, showPrompts, now, onEvent, scope }: RecentOptions): Recent {
  const { unit } = laplas.tier;
  const units =
    laplas.providers.length > 1 ? new Map(laplas.providers.map(({ id, tier }) => [id, tier.unit])) : undefined;
  const calls = createRecentCalls({ now, unit, units });
  const hours = createHourlyUse(unit);
  const feed = createFeed({ laplas, playground, showsPrompts: showPrompts, calls, hours, now });
  const stop = onEvent((event) => {
    if (event.type !== "call") return;
    calls.ended(event, scope());
    if (event.outcome === "refused") return;
    // What is counted in another unit can't be summed up with the first provider's: of it only the calls are told.
    const isSummed = (units?.get(event.provider) ?? unit).name === unit.name;
    const model = fullName(event.model, units && event.provider);
    hours.add(event.at, model, isSummed ? costOf(event) : 0);
  });
  return {
    calls,
    feed,
    close() {
      stop();
      feed.end();
    },
  };
}
