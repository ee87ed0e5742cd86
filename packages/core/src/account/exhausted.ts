import type { Block, QuotaCode } from "../ledger/ledger-store.js";
import type { SignalPeriod } from "../provider/signals.js";
import { calendarSpan, lengthMs } from "../tier/period.js";
import type { CalendarPeriod, WindowRule } from "../tier/tier.js";
import type { Account } from "./account.js";
import { bucketName, COST_BUCKET } from "./bucket-name.js";
import { claimsOf } from "./claims.js";
import { findWindow, type NamedWindow } from "./find-window.js";
import type { Reservation } from "./reservation.js";
import { modelScope, WHOLE_ACCOUNT } from "./scopes.js";
import { isAssumedDay } from "./windows.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A probe that failed is not repeated sooner. */
const PROBE_PAUSE_MS = HOUR_MS;
/** Of a day's budget: some of what the server counted is an estimate here. */
const NEARLY_ALL = 0.9;

/** The server's word that a quota is used up, and what it concerns, as far as it says so. */
export interface QuotaRefusal extends NamedWindow {
  readonly code: QuotaCode;
  /** After which time it is over, where the server says so. */
  readonly retryAfterMs?: number;
  /** Its words say neither which window is used up nor until when. */
  readonly isGuess?: boolean;
  /** Of a guess: how long nothing is sent at first. @default until the window's assumed reset */
  readonly guessedMs?: number;
}

/** The periods that codes speak of, where nothing else does. */
const PERIODS: Readonly<Record<QuotaCode, SignalPeriod>> = {
  hourly_quota: "hour",
  daily_quota: "day",
  monthly_quota: "month",
};

/** Where the tier has no such window. */
const CALENDAR: Readonly<Record<SignalPeriod, CalendarPeriod>> = {
  minute: { type: "minute" },
  hour: { type: "hour" },
  day: { type: "day", zone: "UTC", resetHour: 0 },
  month: { type: "month", zone: "UTC", resetHour: 0 },
};

/**
 * Until when nobody asks again: the reset; or, where the server's day has turned out not to begin with ours, an hour. A reset that the
 * server named, or of a window up to an hour, needs no probe.
 *
 * @throws LedgerError
 */
export async function blockAfter(
  account: Account,
  { triesReset, windows }: Pick<Reservation, "triesReset" | "windows">,
  refusal: QuotaRefusal,
  model: string,
  now: number,
): Promise<Block> {
  const { until, rule } = resetOf(windows, refusal, now);
  const longestMs = longestOf(windows, refusal);
  if (refusal.isGuess === true) {
    const name = blockName(windows, refusal, model);
    const pauseMs = await guessedPause(account, name, refusal.guessedMs ?? until - now, triesReset);
    return {
      name,
      until: now + pauseMs,
      longestMs,
      rule: rule?.id ?? "upstream",
      code: refusal.code,
      needsProbe: true,
    };
  }
  const needsProbe = refusal.retryAfterMs === undefined && refusal.code !== "hourly_quota";
  const block: Block = {
    name: blockName(windows, refusal, model),
    until: Math.min(until, now + longestMs),
    longestMs,
    rule: rule?.id ?? "upstream",
    code: refusal.code,
    needsProbe,
  };
  if (!needsProbe) return block;
  const isEarly = triesReset || (rule !== undefined && (await beganTooEarly(account, rule)));
  if (!isEarly) return block;
  // The hour that is learned is that of days whose beginning is assumed.
  if (refusal.code === "daily_quota" && (rule === undefined || isAssumedDay(rule)))
    await account.learnedReset.refused(now);
  return { ...block, until: now + PROBE_PAUSE_MS };
}

/**
 * A refusal that says nothing may be for a minute or for a day: one request finds out, and each that is refused as well doubles the pause
 * before the next. @throws LedgerError
 */
async function guessedPause(account: Account, block: string, firstMs: number, triesReset: boolean): Promise<number> {
  const { store, name } = await account.open();
  const key = `pause:${block}`;
  const before = triesReset ? await store.learned(name, key) : null;
  const pauseMs = before === null ? firstMs : Math.min(PROBE_PAUSE_MS, 2 * before);
  if (before !== pauseMs) await store.teach(name, [{ kind: "value", key, value: pauseMs }]);
  return pauseMs;
}

/** When a budget that the server calls used up is assumed to reset, and which rule says so. */
export function resetOf(
  windows: readonly WindowRule[],
  { code, meter, scope, period = PERIODS[code], retryAfterMs }: QuotaRefusal,
  now: number,
): { until: number; rule: WindowRule | undefined } {
  // Windows of one provider begin anew together, whatever they count.
  const rule =
    findWindow(windows, { meter, period, scope: scopeOf({ meter, scope }) }) ?? findWindow(windows, { period });
  if (retryAfterMs !== undefined) return { until: now + retryAfterMs, rule };
  const marginMs = rule?.marginMs ?? 2_000;
  const used = rule?.period ?? CALENDAR[period];
  // Such a window has no edge: a short one is free again after its length, and of a long one some is sooner.
  if (used.type === "rolling" || used.type === "bucket")
    return { until: now + Math.min(used.spanMs, PROBE_PAUSE_MS) + marginMs, rule };
  return { until: calendarSpan(used, now).to + marginMs, rule };
}

/** What is closed: the very bucket of the window that the server named; else what it says, and never the account for one model. */
function blockName(windows: readonly WindowRule[], { code, ...named }: QuotaRefusal, model: string): string {
  const { meter, scope, period = PERIODS[code] } = named;
  const isNamed = meter !== undefined || scope === "pool";
  const rule = isNamed ? findWindow(windows, { meter, period, scope }) : undefined;
  const bucket = rule === undefined ? undefined : bucketName(rule, model);
  // Every call counts its cost: with that bucket the account is closed, and reports say so.
  if (bucket !== undefined && bucket !== COST_BUCKET) return bucket;
  return scope === undefined || scope === "account" ? WHOLE_ACCOUNT : modelScope(model);
}

/** A refusal that names nothing is the account's. */
function scopeOf({ meter, scope }: NamedWindow): NamedWindow["scope"] {
  return scope ?? (meter === undefined ? "account" : undefined);
}

/** No block lasts longer than the longest window, on the day of a longer hour too; without windows, than a day. */
function longestOf(windows: readonly WindowRule[], { period = "day" }: QuotaRefusal): number {
  let longest = Math.max(DAY_MS, lengthMs(CALENDAR[period]));
  for (const rule of windows) longest = Math.max(longest, lengthMs(rule.period));
  return longest + HOUR_MS;
}

/**
 * Whether the server's day seems to begin at another hour than this window's: it calls the budget used up, and the last 24 hours
 * have used it up, but this window has not.
 */
export async function beganTooEarly(account: Account, rule: WindowRule): Promise<boolean> {
  if (!isAssumedDay(rule) || rule.meter !== "credits" || rule.scope !== "account") return false;
  const { store, name } = await account.open();
  const lastDay: WindowRule = { ...rule, period: { type: "rolling", spanMs: DAY_MS } };
  const [today, whole] = (await store.view(name, claimsOf([rule, lastDay], "", false))).windows;
  return (today?.used ?? 0) < rule.limit / 2 && (whole?.used ?? 0) >= rule.limit * NEARLY_ALL;
}
