import type { LaplasErrorCode } from "@laplas/core";
import type { ModelCheck } from "../chat/check-call.js";

/** Why a model was passed over: the code of its refusal, or that it is expected to cost more than is left. */
export type BudgetReason =
  | Extract<LaplasErrorCode, "daily_quota" | "hourly_quota" | "monthly_quota" | "rate_limited" | "request_cost">
  | "expected_cost";

/** What the budget middleware says in the agent's state: which model gave the newest answer, and why not the first. */
export interface LaplasBudget {
  /** The model that was called. */
  model: string;
  /** The agent's own model, where another was called. */
  switchedFrom?: string;
  /** Why, where another was called or should have been. */
  reason?: BudgetReason;
  /** When the agent's own model can be afforded again: ISO 8601, since state must survive a checkpoint. */
  resetsAt?: string;
}

/** A model's want of budget, from what a check said. */
export interface Shortage {
  readonly reason: BudgetReason;
  readonly resetsAt?: string;
}

const BUDGET_CODES: ReadonlySet<string> = new Set<BudgetReason>([
  "daily_quota",
  "hourly_quota",
  "monthly_quota",
  "rate_limited",
  "request_cost",
]);

/** Whether the account can't pay for a call. Other refusals are the request's fault and say so themselves. */
export function shortageOf({ error, cost, remaining, resetsAt }: ModelCheck): Shortage | undefined {
  if (error !== undefined) {
    return BUDGET_CODES.has(error.code)
      ? { reason: error.code as BudgetReason, ...instant(error.resetsAt) }
      : undefined;
  }
  // The tier itself lets a last call through whatever it costs; it would be paid out of a budget that is not there.
  if (cost === undefined || remaining === undefined || cost.expected <= remaining) return undefined;
  return { reason: "expected_cost", ...instant(resetsAt) };
}

function instant(date: Date | undefined): { resetsAt?: string } {
  return date === undefined ? {} : { resetsAt: date.toISOString() };
}
