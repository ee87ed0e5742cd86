import { type CallHold, chargeOf } from "./account/claims.js";
import type { AccountLook, RemainingWindow } from "./account/look.js";
import type { Block } from "./ledger/ledger-store.js";
import type { DecidedCall } from "./plan-call.js";
import { spreadOver, type WindowPart, windowAt } from "./plan-windows.js";
import { calendarSpan, lengthMs } from "./tier/period.js";
import type { WindowRule } from "./tier/tier.js";

const DAY_MS = 86_400_000;

/** What the calls of one model need. */
export interface ModelNeed {
  windows: readonly WindowRule[];
  /** What closes the model now, for the longest. */
  block: Block | undefined;
  readonly parts: { readonly hold: CallHold; readonly requests: number }[];
}

export function emptyNeed(): ModelNeed {
  return { windows: [], block: undefined, parts: [] };
}

export function addCall(need: ModelNeed, { windows, hold, block }: DecidedCall, requests: number): void {
  need.windows = windows;
  if (block !== undefined && block.until > (need.block?.until ?? 0)) need.block = block;
  need.parts.push({ hold, requests });
}

export interface JobTime {
  readonly days: number;
  readonly takesMs: number;
  readonly boundBy: string | undefined;
}

/** One window, and what of the job counts in it. */
interface Bound {
  readonly window: RemainingWindow;
  readonly models: ReadonlySet<string>;
  readonly parts: readonly WindowPart[];
  /** When the first of its calls may pass. */
  readonly opensAt: number;
}

/** The longest that any window or block makes it. Windows of a day have no more passed in one than shorter ones let through. */
export function timeFor(
  look: AccountLook,
  needs: ReadonlyMap<string, ModelNeed>,
  cost: "usual" | "worst" = "usual",
): JobTime {
  if (needs.size === 0) return { days: 0, takesMs: 0, boundBy: undefined };
  const { now } = look;
  let [takesMs, boundBy]: [number, string | undefined] = [0, undefined];
  const bind = (ms: number, rule: string): number => {
    if (ms > takesMs) [takesMs, boundBy] = [ms, rule];
    return ms;
  };
  for (const { block } of needs.values()) if (block !== undefined) bind(block.until - now, block.rule);

  const bounds = boundsOf(look, needs, cost);
  const paces: { readonly models: ReadonlySet<string>; readonly takesMs: number }[] = [];
  const spread = ({ window, parts, opensAt }: Bound, paceMs: number): number => {
    const later = windowAt(window, now, opensAt);
    return bind(opensAt - now + spreadOver(later, parts, opensAt, paceMs).takesMs, window.rule.id);
  };
  for (const bound of bounds) {
    if (!isLong(bound.window)) {
      paces.push({ models: bound.models, takesMs: spread(bound, 0) - (bound.opensAt - now) });
    }
  }
  for (const bound of bounds) {
    if (!isLong(bound.window)) continue;
    // A window that counts some of these calls only does not say how fast all of them come.
    const whole = paces.filter(({ models }) => [...bound.models].every((model) => models.has(model)));
    spread(bound, Math.max(0, ...whole.map((pace) => pace.takesMs)));
  }
  return { days: daysUntil(now + takesMs, bounds, now), takesMs, boundBy };
}

function isLong({ rule: { period } }: RemainingWindow): boolean {
  return period.type !== "bucket" && lengthMs(period) >= DAY_MS;
}

/** The windows that bind a job, each once: one may count calls of many models together. */
function boundsOf(look: AccountLook, needs: ReadonlyMap<string, ModelNeed>, cost: "usual" | "worst"): readonly Bound[] {
  const bounds = new Map<string, Bound>();
  for (const model of needs.keys()) {
    for (const window of look.windowsOf(model)) {
      const { rule } = window;
      const key = rule.scope === "model" ? `${rule.id}\n${model}` : rule.id;
      if (bounds.has(key)) continue;
      const models = new Set<string>();
      const parts: WindowPart[] = [];
      let opensAt = Number.POSITIVE_INFINITY;
      for (const [other, need] of needs) {
        if (rule.scope === "model" && other !== model) continue;
        if (!need.windows.some(({ id }) => id === rule.id)) continue;
        models.add(other);
        opensAt = Math.min(opensAt, need.block?.until ?? look.now);
        for (const { hold, requests } of need.parts) parts.push({ each: chargeOf(rule, hold, hold[cost]), requests });
      }
      if (models.size > 0) bounds.set(key, { window, models, parts, opensAt });
    }
  }
  return [...bounds.values()];
}

/** Days until a moment, today included: by the resets of windows of a day; without any, by midnight UTC. */
function daysUntil(end: number, bounds: readonly Bound[], now: number): number {
  const resets = bounds.flatMap(({ window }) => (window.rule.period.type === "day" ? [window.resetsAt] : []));
  if (resets.length === 0) resets.push(calendarSpan({ type: "day", zone: "UTC", resetHour: 0 }, now).to);
  return Math.max(...resets.map((reset) => (end < reset ? 1 : 2 + Math.floor((end - reset) / DAY_MS))));
}
