import type { LedgerStore, ReserveCommand } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { windowsOf } from "../tier/windows-of.js";
import type { CallContext } from "./context.js";

/** Keys under which the ledger keeps it. */
const RESET_HOUR = "reset_hour";
const PROBE_REFUSED_AT = "probe_refused_at";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of a day's budget: some of what the server counted is an estimate here. */
const NEARLY_ALL = 0.9;
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

export function createLearnedReset(ledger: () => Promise<LedgerStore>, account: () => Promise<string>): LearnedReset {
  let known: { readonly hour: number | undefined; readonly readAt: number } | undefined;
  return {
    async hour() {
      // Others may learn it too, but a day begins once a day.
      if (known !== undefined && performance.now() - known.readAt < REMEMBERED_MS) return known.hour;
      const hour = (await (await ledger()).learned(await account(), RESET_HOUR)) ?? undefined;
      known = { hour, readAt: performance.now() };
      return hour;
    },
    async refused(now) {
      await (await ledger()).learn(await account(), PROBE_REFUSED_AT, now);
    },
    async passed(now) {
      const store = await ledger();
      const refusedAt = await store.learned(await account(), PROBE_REFUSED_AT);
      const hourBegan = Math.floor(now / HOUR_MS) * HOUR_MS;
      if (refusedAt === null || now - refusedAt > LONGEST_GAP_MS || hourBegan <= refusedAt) return undefined;
      const hour = new Date(hourBegan).getUTCHours();
      await store.learn(await account(), RESET_HOUR, hour);
      known = { hour, readAt: performance.now() };
      return hour;
    },
  };
}

/** The tier's windows that bind a call of this class on the tier's surface; a day that is only assumed begins when it was learned to. */
export async function windowsInForce(
  context: CallContext,
  modelClass: ReserveCommand["modelClass"],
): Promise<readonly WindowRule[]> {
  return withLearnedReset(context, windowsOf(context.options.tier, modelClass));
}

/** The same for windows of the tier that somebody chose. */
export async function withLearnedReset(
  { learnedReset }: CallContext,
  windows: readonly WindowRule[],
): Promise<readonly WindowRule[]> {
  if (!windows.some(isAssumedDay)) return windows;
  const hour = await learnedReset.hour();
  return hour === undefined ? windows : windows.map((rule) => (isAssumedDay(rule) ? beginningAt(rule, hour) : rule));
}

/**
 * Whether the server's day seems to begin at another hour than this window's: it calls the budget used up, and the last 24 hours
 * have used it up, but this window has not.
 */
export async function beganTooEarly(context: CallContext, rule: WindowRule): Promise<boolean> {
  if (!isAssumedDay(rule) || rule.metric !== "apiTokens") return false;
  const store = await context.ledger();
  const lastDay: WindowRule = { ...rule, period: { type: "rolling", spanMs: DAY_MS } };
  const view = await store.view({ account: await context.account(), model: "", windows: [rule, lastDay] });
  const [today, whole] = view.windows;
  return (today?.used ?? 0) < rule.limit / 2 && (whole?.used ?? 0) >= rule.limit * NEARLY_ALL;
}

function isAssumedDay({ evidence, period }: WindowRule): boolean {
  return evidence.status === "assumed" && period.type === "day";
}

function beginningAt(rule: WindowRule, resetHour: number): WindowRule {
  return { ...rule, period: { type: "day", zone: "UTC", resetHour } };
}
