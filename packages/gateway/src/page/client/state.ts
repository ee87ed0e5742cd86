import type { FeedUpdate } from "../../recent/feed.js";
import type { RecentCall } from "../../recent/recent-call.js";

/** All that the page knows: the updates it was told, put together. */
export interface State {
  readonly about: FeedUpdate["about"];
  readonly quota: FeedUpdate["quota"];
  readonly live: NonNullable<FeedUpdate["live"]>;
  readonly problem: string | null;
  /** Newest first. */
  readonly calls: readonly RecentCall[];
  readonly hours: NonNullable<FeedUpdate["hours"]>;
  /** What the ledger's clock is ahead of this one. */
  readonly aheadMs: number;
}

export const EMPTY_STATE: State = {
  about: undefined,
  quota: undefined,
  live: [],
  problem: null,
  calls: [],
  hours: [],
  aheadMs: 0,
};

const MOST_CALLS = 200;

/** The state after an update. The first of a connection tells everything: a gateway that was started anew knows no older calls. */
export function withUpdate(state: State, update: FeedUpdate, now: number): State {
  const isFirst = update.about !== undefined;
  return {
    about: update.about ?? state.about,
    quota: update.quota ?? (isFirst ? undefined : state.quota),
    live: update.live ?? (isFirst ? [] : state.live),
    problem: update.problem === undefined ? state.problem : update.problem,
    calls: merge(isFirst ? [] : state.calls, update.calls ?? []),
    hours: update.hours ?? state.hours,
    aheadMs: Date.parse(update.now) - now,
  };
}

function merge(known: readonly RecentCall[], told: readonly RecentCall[]): readonly RecentCall[] {
  if (told.length === 0) return known;
  const byId = new Map([...known, ...told].map((call) => [call.id, call]));
  return [...byId.values()].sort((one, other) => other.id - one.id).slice(0, MOST_CALLS);
}
