import { API_TOKENS } from "../providers/laplas/laplas-tiers.js";
import type { Evidence, Rule, Tier, WindowRule } from "../tier/tier.js";

/** Where the rules of tests come from. */
export const evidence: Evidence = { source: "a test", date: "2026-01-01", status: "assumed" };

/** A tier of these rules alone. */
export function tierOf(...rules: Rule[]): Tier {
  return { name: "own", title: "own tier", unit: API_TOKENS, rules };
}

/** A window of 1,000 API tokens an assumed day, unless told otherwise. */
export function windowRule(fields: Partial<WindowRule> = {}): WindowRule {
  return {
    id: "daily",
    kind: "window",
    meter: "credits",
    limit: 1_000,
    period: { type: "day", zone: "UTC", resetHour: 0 },
    scope: "account",
    marginMs: 2_000,
    evidence,
    ...fields,
  };
}
