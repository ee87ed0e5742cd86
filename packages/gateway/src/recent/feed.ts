import type { Laplas } from "@laplas/core";
import { type PoolQuota, readQuota } from "../routes/read-quota.js";
import type { HourlyUse, HourOfUse } from "./hourly-use.js";
import type { RecentCall } from "./recent-call.js";
import type { RecentCalls } from "./recent-calls.js";
import { type TierBody, tierBody } from "./tier-body.js";

/** Who runs and who waits, in the order of their turns. */
export interface LiveCall {
  readonly model: string;
  readonly state: "running" | "waiting";
  readonly since: string;
}

/** A provider of several. */
export interface ProviderBody {
  readonly id: string;
  readonly title: string;
  readonly tier: TierBody;
}

/** What a watcher is told: everything at first, then what has changed. */
export interface FeedUpdate {
  /** The ledger's clock: countdowns count by it. */
  readonly now: string;
  /** At first only. */
  readonly about?: {
    readonly tier: TierBody;
    /** `null` without a playground. */
    readonly playground: TierBody | null;
    /** Where there are several, in the order in which they are asked; `tier` is the first's. */
    readonly providers?: readonly ProviderBody[];
    readonly shows_prompts: boolean;
  };
  readonly quota?: PoolQuota;
  readonly live?: readonly LiveCall[];
  /** Set while the account can't be read. */
  readonly problem?: string | null;
  /** Calls that came or changed. */
  readonly calls?: readonly RecentCall[];
  readonly hours?: readonly HourOfUse[];
}

/** Somebody who watches. */
export interface Watcher {
  update(update: FeedUpdate): void;
  /** Nothing has changed for a while; shows which reader is gone. */
  still(): void;
  end(): void;
}

/** Tells watchers what happens. While nobody watches it costs nothing. */
export interface Feed {
  /** The returned function takes the watcher away; `undefined` if too many watch already. */
  watch(watcher: Watcher): Promise<(() => void) | undefined>;
  /** Ends every watcher. */
  end(): void;
}

/** What a feed is made of. */
export interface FeedOptions {
  readonly laplas: Laplas;
  readonly playground: Laplas | undefined;
  readonly showsPrompts: boolean;
  readonly calls: RecentCalls;
  readonly hours: HourlyUse;
  readonly now: () => number;
}

/** Beginnings have no event, and the calls of other processes none at all: so the account is looked at. */
const LOOK_MS = 400;
/** Calls that end together are told together. */
const GATHER_MS = 100;
const STILL_AFTER_LOOKS = 38;
const MOST_WATCHERS = 50;

export function createFeed({ laplas, playground, showsPrompts, calls, hours, now }: FeedOptions): Feed {
  const isSeveral = laplas.providers.length > 1;
  const watchers = new Set<Watcher>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let isLooking = false;
  let lastState = "";
  let quietLooks = 0;
  let isOver = false;
  /** Taken at the door: those who came while the account was read count too. */
  let places = 0;

  const readState = async (): Promise<Pick<FeedUpdate, "quota" | "live" | "problem">> => {
    try {
      const { body, statuses } = await readQuota(laplas, now());
      const live = statuses.flatMap(({ provider, calls: own }) =>
        own.map(({ model, state, since }) => ({
          model: isSeveral ? `${provider}/${model}` : model,
          state,
          since: since.toISOString(),
        })),
      );
      return { quota: body, live, problem: null };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  };
  const look = async (): Promise<void> => {
    const state = await readState();
    const changed = calls.takeChanged();
    const stateText = JSON.stringify(state);
    const isSame = stateText === lastState;
    lastState = stateText;
    quietLooks += 1;
    if (isSame && changed.length === 0) {
      if (quietLooks < STILL_AFTER_LOOKS) return;
      quietLooks = 0;
      for (const watcher of watchers) watcher.still();
      return;
    }
    quietLooks = 0;
    const update: FeedUpdate = {
      now: new Date(now()).toISOString(),
      ...(isSame ? {} : state),
      ...(changed.length === 0 ? {} : { calls: newest(changed), hours: hours.list() }),
    };
    for (const watcher of watchers) watcher.update(update);
  };
  const newest = (ids: readonly number[]): RecentCall[] => {
    const wanted = new Set(ids);
    return calls.list(Math.min(...ids)).filter(({ id }) => wanted.has(id));
  };
  /** One look at a time: a slow ledger is not asked twice at once. */
  const lookOnce = (): void => {
    if (isLooking) return;
    isLooking = true;
    void look().finally(() => {
      isLooking = false;
    });
  };
  const gather = (): void => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      lookOnce();
    }, GATHER_MS);
  };
  const rest = (): void => {
    clearInterval(timer);
    clearTimeout(gathering);
    timer = undefined;
    gathering = undefined;
    lastState = "";
    calls.watch(undefined);
  };

  return {
    async watch(watcher) {
      if (isOver || places >= MOST_WATCHERS) return undefined;
      places += 1;
      const state = await readState();
      if (isOver) return undefined;
      // From here on nothing is missed: what is told and what is watched for meet without a gap.
      watcher.update({
        now: new Date(now()).toISOString(),
        about: {
          tier: tierBody(laplas.tier, laplas.continueAtCap),
          ...(isSeveral
            ? {
                providers: laplas.providers.map(({ id, title, tier }) => ({
                  id,
                  title,
                  tier: tierBody(tier, laplas.continueAtCap),
                })),
              }
            : {}),
          playground: playground === undefined ? null : tierBody(playground.tier, playground.continueAtCap),
          shows_prompts: showsPrompts,
        },
        ...state,
        calls: calls.list(),
        hours: hours.list(),
      });
      watchers.add(watcher);
      if (timer === undefined) {
        timer = setInterval(lookOnce, LOOK_MS);
        timer.unref();
        calls.watch(gather);
      }
      return () => {
        if (watchers.delete(watcher)) places -= 1;
        if (watchers.size === 0) rest();
      };
    },
    end() {
      isOver = true;
      rest();
      for (const watcher of watchers) watcher.end();
      watchers.clear();
    },
  };
}
