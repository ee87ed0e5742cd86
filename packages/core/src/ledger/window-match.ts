import type { WindowRule } from "../tier/tier.js";
import type { ReserveCommand } from "./ledger-store.js";

/** What one call adds to a window: one request, or its API tokens. */
export function amountOf(rule: WindowRule, apiTokens: number): number {
  return rule.metric === "requests" ? 1 : apiTokens;
}

/** Whether a call counts in the window that a call to `model` is checked against. */
export function countsIn(
  rule: WindowRule,
  call: Pick<ReserveCommand, "model" | "modelClass" | "surface">,
  model: string,
): boolean {
  if (rule.per === "model" && call.model !== model) return false;
  if (rule.class !== undefined && call.modelClass !== rule.class) return false;
  return rule.surface === "both" || call.surface === rule.surface;
}
