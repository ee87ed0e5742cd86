import type { Status } from "@laplas/core";

/** The account as `GET /v1/quota` tells it. Times are ISO 8601, in UTC. */
export interface QuotaBody {
  readonly object: "quota";
  readonly tier: string;
  /** Where the account is kept. */
  readonly ledger: string;
  readonly windows: readonly {
    readonly rule: string;
    readonly metric: "requests" | "api_tokens";
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
}

export function quotaBody({ tier, ledger, windows, running, waiting, blockedUntil }: Status): QuotaBody {
  return {
    object: "quota",
    tier,
    ledger,
    windows: windows.map(({ metric, resetsAt, ...window }) => ({
      ...window,
      metric: metric === "requests" ? "requests" : "api_tokens",
      resets_at: resetsAt.toISOString(),
    })),
    running,
    waiting,
    blocked_until: blockedUntil?.toISOString() ?? null,
  };
}
