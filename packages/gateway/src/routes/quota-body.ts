import type { Metric, Status } from "@laplas/core";

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

export function quotaBody({ tier, ledger, windows, running, waiting, ...status }: Status): QuotaBody {
  return {
    object: "quota",
    tier,
    ledger,
    windows: windows.map(({ metric, resetsAt, ...window }) => ({
      ...window,
      metric: METRIC_NAMES[metric],
      resets_at: resetsAt.toISOString(),
    })),
    running,
    waiting,
    blocked_until: status.blockedUntil?.toISOString() ?? null,
    payment_required: status.paymentRequired ?? false,
  };
}
