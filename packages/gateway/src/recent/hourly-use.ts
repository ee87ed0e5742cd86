/** What the calls of one hour came to. */
export interface HourOfUse {
  /** ISO 8601, in UTC: when the hour began. */
  readonly from: string;
  readonly api_tokens: number;
  readonly calls: number;
}

/** API tokens of each hour, as far as they went through this process since it began. */
export interface HourlyUse {
  add(at: Date, apiTokens: number): void;
  /** The hours that had calls, oldest first. */
  list(): HourOfUse[];
}

const HOUR_MS = 3_600_000;
/** A day of any zone, and the day before it. */
const MOST_HOURS = 48;

export function createHourlyUse(): HourlyUse {
  const hours: { hour: number; apiTokens: number; calls: number }[] = [];
  return {
    add(at, apiTokens) {
      const hour = Math.floor(at.getTime() / HOUR_MS);
      let last = hours.at(-1);
      // A clock that was set back adds to the newest hour: an approximation, and no second bar.
      if (last === undefined || last.hour < hour) {
        last = { hour, apiTokens: 0, calls: 0 };
        hours.push(last);
        if (hours.length > MOST_HOURS) hours.shift();
      }
      last.apiTokens += apiTokens;
      last.calls += 1;
    },
    list: () =>
      hours.map(({ hour, apiTokens, calls }) => ({
        from: new Date(hour * HOUR_MS).toISOString(),
        api_tokens: apiTokens,
        calls,
      })),
  };
}
