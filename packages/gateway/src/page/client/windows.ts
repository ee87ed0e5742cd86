import type { Tier, WindowRule } from "@laplas/core";
import type { QuotaBody } from "../../routes/quota-body.js";
import type { State } from "./state.js";

/** A window of the tier, as a person would name it. */
export interface WindowWords {
  /** `API tokens`, `requests`. */
  readonly unit: string;
  /** `today`, `this hour`. */
  readonly when: string;
  /** Frees call by call, each when its time is over: there is no moment at which all comes back. */
  readonly isRolling: boolean;
}

export type QuotaWindow = QuotaBody["windows"][number];

export function windowRule(tier: Tier | undefined, id: string): WindowRule | undefined {
  return tier?.rules.find((rule): rule is WindowRule => rule.kind === "window" && rule.id === id);
}

export function windowWords(tier: Tier | undefined, { rule, unit }: QuotaWindow): WindowWords {
  const found = windowRule(tier, rule);
  return { unit, when: whenOf(found), isRolling: found?.period.type === "rolling" || found?.period.type === "bucket" };
}

function whenOf(rule: WindowRule | undefined): string {
  switch (rule?.period.type) {
    case "month":
      return "this month";
    case "day":
      return "today";
    case "hour":
      return "this hour";
    case "minute":
      return "this minute";
    case "rolling":
      return `for these ${Math.round(rule.period.spanMs / 60_000)} minutes`;
    case "bucket":
      return "at once";
    case undefined:
      return "";
  }
}

/** Whether a rule of either tier counts each model for itself. */
export function isPerModel(about: State["about"], rule: string | null): boolean {
  if (rule === null) return false;
  return [about?.tier, about?.playground ?? undefined].some((tier) => windowRule(tier, rule)?.per === "model");
}

/** The window that has the least left, as a share: it decides. */
export function tightestWindow(windows: readonly QuotaWindow[]): QuotaWindow | undefined {
  return [...windows].sort((one, other) => one.left / one.limit - other.left / other.limit)[0];
}
