import type { Lesson } from "../ledger/ledger-store.js";
import type { WindowRule } from "../tier/tier.js";
import { claimsOf } from "./claims.js";
import { findWindow } from "./find-window.js";
import type { WindowHint } from "./learn.js";

/**
 * What an account learns from what its provider says beside calls. It can only add: the answer may be some time ago (OpenRouter's is kept
 * for a minute), and then has less than was used.
 *
 * @param windows that count several models together
 */
export function usageLessons(hints: readonly WindowHint[], windows: readonly WindowRule[]): Lesson[] {
  return hints.flatMap((hint): Lesson[] => {
    const rule = findWindow(windows, hint);
    if (rule === undefined || hint.remaining === undefined) return [];
    const used = Math.max(0, Math.max(rule.limit, hint.limit ?? 0) - hint.remaining);
    return claimsOf([rule], "", false).map((claim) => ({ kind: "use", claim, used }));
  });
}
