import type { CallReport } from "@laplas/core";

/** A cost by the name of the provider's unit. */
function costBody({ apiTokens, credits, tokens }: CallReport): object {
  if (apiTokens !== undefined) return { api_tokens: apiTokens };
  return credits === undefined ? { tokens } : { credits };
}

/** How an answer came about, as JSON. */
export function reportBody(report: CallReport): object {
  return {
    ...costBody(report),
    estimated: report.estimated,
    adjusted: report.adjusted.map(({ to }) => to),
    waited_ms: report.waitedMs,
    attempts: report.attempts,
    remaining: report.remaining ?? null,
    resets_at: report.resetsAt?.toISOString() ?? null,
    truncated_by_tier: report.truncatedByTier,
    request_id: report.requestId,
  };
}
