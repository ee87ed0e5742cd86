import type { LedgerStore } from "../ledger/ledger-store.js";

/** Keys under which the ledger keeps it. */
const RESET_HOUR = "reset_hour";
const PROBE_REFUSED_AT = "probe_refused_at";

const HOUR_MS = 3_600_000;
/** Probes are an hour apart; a longer gap tells too little. */
const LONGEST_GAP_MS = 1.5 * HOUR_MS;
const REMEMBERED_MS = 60_000;

/**
 * The hour at which the server's day begins, where the tier only assumes one. It is learned between two probes: the last that
 * was refused and the first that passed.
 */
export interface LearnedReset {
  /** Hour of the day in UTC; `undefined` until it is learned. */
  hour(): Promise<number | undefined>;
  /** The day has not begun yet. */
  refused(now: number): Promise<void>;
  /** The day has begun. @returns the hour, if this tells it */
  passed(now: number): Promise<number | undefined>;
}

export function createLearnedReset(
  open: () => Promise<{ readonly store: LedgerStore; readonly name: string }>,
): LearnedReset {
  const learned = async (key: string): Promise<number | null> => {
    const { store, name } = await open();
    return store.learned(name, key);
  };
  const learn = async (key: string, value: number): Promise<void> => {
    const { store, name } = await open();
    await store.teach(name, [{ kind: "value", key, value }]);
  };
  let known: { readonly hour: number | undefined; readonly readAt: number } | undefined;
  /** A crowd that comes at once asks once. */
  let reading: Promise<number | undefined> | undefined;
  const read = async (): Promise<number | undefined> => {
    try {
      const hour = (await learned(RESET_HOUR)) ?? undefined;
      known = { hour, readAt: performance.now() };
      return hour;
    } finally {
      reading = undefined;
    }
  };
  return {
    async hour() {
      // Others may learn it too, but a day begins once a day.
      if (known !== undefined && performance.now() - known.readAt < REMEMBERED_MS) return known.hour;
      reading ??= read();
      return reading;
    },
    async refused(now) {
      await learn(PROBE_REFUSED_AT, now);
    },
    async passed(now) {
      const refusedAt = await learned(PROBE_REFUSED_AT);
      const hourBegan = Math.floor(now / HOUR_MS) * HOUR_MS;
      if (refusedAt === null || now - refusedAt > LONGEST_GAP_MS || hourBegan <= refusedAt) return undefined;
      const hour = new Date(hourBegan).getUTCHours();
      await learn(RESET_HOUR, hour);
      known = { hour, readAt: performance.now() };
      return hour;
    },
  };
}
