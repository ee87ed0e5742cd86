import type { Metric, Status, Tier, WindowStatus } from "@laplas/core";

/** The account as `GET /v1/quota` tells it. Times are ISO 8601, in UTC. */
export interface QuotaBody {
  readonly object: "quota";
  readonly tier: string;
  /** Where the account is kept. */
  readonly ledger: string;
  readonly windows: readonly {
    readonly rule: string;
    readonly metric: MetricName;
    /** What is counted, in words: `API tokens`. */
    readonly unit: string;
    readonly limit: number;
    readonly used: number;
    /** Expected cost of the calls that run now. */
    readonly held: number;
    readonly left: number;
    readonly resets_at: string;
  }[];
  /** Ids of the rules that count each model by itself: what they leave is told by `GET /v1/calls-left`. */
  readonly per_model: readonly string[];
  readonly running: number;
  readonly waiting: number;
  /** Until when the upstream itself said that the budget is used up. */
  readonly blocked_until: string | null;
  /** Whether the provider serves nothing before somebody pays. */
  readonly payment_required: boolean;
}

/** A metric as JSON over HTTP names it. */
export type MetricName = "requests" | "api_tokens" | "credits" | "tokens" | "input_tokens" | "output_tokens";

export const METRIC_NAMES: Readonly<Record<Metric, MetricName>> = {
  requests: "requests",
  apiTokens: "api_tokens",
  credits: "credits",
  tokens: "tokens",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
};

export function quotaBody(
  { tier, ledger, windows, running, waiting, ...status }: Status,
  { rules }: Pick<Tier, "rules">,
): QuotaBody {
  return {
    object: "quota",
    tier,
    ledger,
    windows: windows.map(windowBody),
    per_model: perModelRules(rules),
    running,
    waiting,
    blocked_until: status.blockedUntil?.toISOString() ?? null,
    payment_required: status.paymentRequired ?? false,
  };
}

export function windowBody({ metric, resetsAt, ...window }: WindowStatus): QuotaBody["windows"][number] {
  return { ...window, metric: METRIC_NAMES[metric], resets_at: resetsAt.toISOString() };
}

/** Ids of the windows of which each model has one of its own. A limit of 0 counts nothing: those models are not on the plan. */
export function perModelRules(rules: Tier["rules"]): string[] {
  return rules.flatMap((rule) => (rule.kind === "window" && rule.scope === "model" && rule.limit > 0 ? [rule.id] : []));
}
