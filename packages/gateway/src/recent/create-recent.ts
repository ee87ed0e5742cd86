import { costOf, type Laplas } from "@laplas/core";
import type { RequestScope } from "../log/request-log.js";
import { createFeed, type Feed } from "./feed.js";
import { createHourlyUse } from "./hourly-use.js";
import { createRecentCalls, type RecentCalls } from "./recent-calls.js";

/** What has happened lately: kept in memory, bounded, and told to whoever watches. */
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
  const calls = createRecentCalls({ now, unit: laplas.tier.unit });
  const hours = createHourlyUse(laplas.tier.unit);
  const feed = createFeed({ laplas, playground, showsPrompts: showPrompts, calls, hours, now });
  const stop = onEvent((event) => {
    if (event.type !== "call") return;
    calls.ended(event, scope());
    if (event.outcome !== "refused") hours.add(event.at, costOf(event));
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
