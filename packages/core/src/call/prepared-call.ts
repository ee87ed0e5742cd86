import type { AccountCall } from "../account/account.js";
import { tightest, type WindowLeft } from "../account/remaining.js";
import type { CostEstimate } from "../cost/estimate-cost.js";
import { type CostUnit, costIn } from "../cost/meter.js";
import type { Adjustment } from "../request/adjustment.js";
import type { ReadRequest } from "../request/read-request.js";
import type { JsonObject, Usage } from "../request/wire-types.js";
import type { CallLimits } from "../tier/decision.js";
import type { CallTrace } from "../trace/trace-call.js";
import type { AdaptedRequest } from "./adapt-request.js";
import { type CallReport, type LongStory, longReport } from "./report.js";
import type { ResolvedModel } from "./resolve-model.js";
import type { LeaveEarly } from "./time-limits.js";

/** A call that has been decided on: all that its requests have in common. */
export interface PreparedCall {
  readonly request: ReadRequest;
  readonly found: ResolvedModel;
  readonly adapted: AdaptedRequest;
  /** What the tier's rules leave of the request. */
  readonly limits: CallLimits;
  readonly estimate: CostEstimate;
  /** What its cost is counted in. */
  readonly unit: CostUnit;
  /** Id of the provider. */
  readonly provider: string;
  readonly adjusted: readonly Adjustment[];
  /** Whether the tier's limit, and not the caller's own, ends a long answer. */
  readonly cappedByTier: boolean;
  /** Seconds since 1970, for answers that the server does not date. */
  readonly createdAt: number;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxRetries: number;
  /** The same for its first request, where other targets are asked after a failure. @default `maxRetries` */
  readonly firstRetries?: number;
  /** Lets its first request go before its time. */
  readonly leave?: LeaveEarly;
  /** Follow-ups of an answer that the tier's limit cuts, at most. */
  readonly continueAtCap: number;
  readonly signal: AbortSignal | undefined;
  /** What the call has cost so far, over all its requests. */
  readonly totals: Totals;
}

/** A plan as its account sees it. */
export function accountCall({ found, estimate }: Pick<PreparedCall, "found" | "estimate">): AccountCall {
  return { model: found.model?.id ?? found.id, estimate };
}

/** Takes what becomes of a plan's answer into its story, each thing once. */
export function reportAdjustment({ totals }: Pick<PreparedCall, "totals">): (adjustment: Adjustment) => void {
  return (adjustment) => {
    if (totals.adjusted.some(({ to }) => to === adjustment.to)) return;
    totals.adjusted.push(adjustment);
  };
}

/** One request of a plan. */
export type RequestBody = Readonly<JsonObject>;

/** Sums up a call as it goes. */
export interface Totals {
  waitedMs: number;
  attempts: number;
  /** In the provider's unit. */
  cost: number;
  estimated: boolean;
  truncated: boolean;
  /** What became of the answer on its way to the caller. */
  readonly adjusted: Adjustment[];
  /** Ours, until the upstream gives one. */
  requestId: string;
  left: readonly WindowLeft[];
  /** Of a call whose answer is continued where the tier's limit cuts it. */
  long?: LongStory;
  /** Model tokens, as the caller's usage counts them: known with the end of an answer. */
  usage?: Usage;
  /** There where the program traces. */
  trace?: CallTrace;
}

export function createTotals(requestId: string = crypto.randomUUID()): Totals {
  return {
    waitedMs: 0,
    attempts: 0,
    cost: 0,
    estimated: false,
    truncated: false,
    adjusted: [],
    requestId,
    left: [],
  };
}

/** The story of a call as its caller gets it. */
export function reportOf({
  totals,
  adjusted,
  unit,
  provider,
}: Pick<PreparedCall, "totals" | "adjusted" | "unit" | "provider">): CallReport {
  const least = tightest(totals.left, unit.field);
  return {
    provider,
    ...costIn(unit, totals.cost),
    estimated: totals.estimated,
    adjusted: totals.adjusted.length === 0 ? adjusted : [...adjusted, ...totals.adjusted],
    waitedMs: Math.round(totals.waitedMs),
    attempts: totals.attempts,
    ...(least === undefined ? {} : { remaining: least.remaining }),
    ...(least?.resetsAt === undefined ? {} : { resetsAt: least.resetsAt }),
    windows: totals.left,
    truncatedByTier: totals.truncated,
    requestId: totals.requestId,
    ...longReport(totals.long, totals.cost, unit),
  };
}
