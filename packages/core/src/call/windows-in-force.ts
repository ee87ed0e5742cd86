import type { ReserveCommand } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { windowsOf } from "../tier/windows-of.js";
import type { CallContext } from "./context.js";

const DAY_MS = 86_400_000;
/** Of a day's budget: some of what the server counted is an estimate here. */
const NEARLY_ALL = 0.9;

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
