import type { Block, QuotaCode } from "../ledger/ledger-store.js";
import { calendarSpan, lengthMs } from "../tier/period.js";
import type { WindowRule } from "../tier/tier.js";
import { type Account, modelScope, WHOLE_ACCOUNT } from "./account.js";
import { claimsOf } from "./claims.js";
import type { Reservation } from "./reserve.js";
import { isAssumedDay } from "./windows.js";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A probe that failed is not repeated sooner. */
const PROBE_PAUSE_MS = HOUR_MS;
/** Of a day's budget: some of what the server counted is an estimate here. */
const NEARLY_ALL = 0.9;

/** The server's word that a quota is used up. */
export interface QuotaRefusal {
  readonly code: Exclude<QuotaCode, "monthly_quota">;
  /** What it concerns, as far as it says so: one model, or all. */
  readonly scope: "account" | "model";
  /** After which time it is over, where the server says so. */
  readonly retryAfterMs?: number;
}

/**
 * Until when nobody asks again: the reset; or, where the server's day has turned out not to begin with ours, an hour. A reset that the
 * server named, or of an hour, needs no probe.
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
  const longestMs = longestOf(windows);
  const isNamed = refusal.retryAfterMs !== undefined;
  const block: Block = {
    name: refusal.scope === "model" ? modelScope(model) : WHOLE_ACCOUNT,
    until: Math.min(until, now + longestMs),
    longestMs,
    rule: rule?.id ?? "upstream",
    code: refusal.code,
    needsProbe: !isNamed && refusal.code !== "hourly_quota",
  };
  if (isNamed || refusal.code === "hourly_quota") return block;
  const isEarly = triesReset || (rule !== undefined && (await beganTooEarly(account, rule)));
  if (!isEarly) return block;
  await account.learnedReset.refused(now);
  return { ...block, until: now + PROBE_PAUSE_MS };
}

/** When a budget that the server calls used up is assumed to reset, and which rule says so. */
export function resetOf(
  windows: readonly WindowRule[],
  { code, retryAfterMs }: QuotaRefusal,
  now: number,
): { until: number; rule: WindowRule | undefined } {
  const wanted = code === "hourly_quota" ? "hour" : "day";
  const rule = windows.find(({ period }) => period.type === wanted);
  if (retryAfterMs !== undefined) return { until: now + retryAfterMs, rule };
  const period =
    rule?.period.type === "day" || rule?.period.type === "hour"
      ? rule.period
      : wanted === "hour"
        ? ({ type: "hour" } as const)
        : ({ type: "day", zone: "UTC", resetHour: 0 } as const);
  const marginMs = rule?.marginMs ?? 2_000;
  return { until: calendarSpan(period, now).to + marginMs, rule };
}

/** No block lasts longer than the longest window, on the day of a longer hour too; without windows, than a day. */
function longestOf(windows: readonly WindowRule[]): number {
  let longest = DAY_MS;
  for (const { period } of windows) longest = Math.max(longest, lengthMs(period));
  return longest + HOUR_MS;
}

/**
 * Whether the server's day seems to begin at another hour than this window's: it calls the budget used up, and the last 24 hours
 * have used it up, but this window has not.
 */
export async function beganTooEarly(account: Account, rule: WindowRule): Promise<boolean> {
  if (!isAssumedDay(rule) || rule.meter !== "credits") return false;
  const { store, name } = await account.open();
  const lastDay: WindowRule = { ...rule, period: { type: "rolling", spanMs: DAY_MS } };
  const [today, whole] = (await store.view(name, claimsOf([rule, lastDay], "", false))).windows;
  return (today?.used ?? 0) < rule.limit / 2 && (whole?.used ?? 0) >= rule.limit * NEARLY_ALL;
}
