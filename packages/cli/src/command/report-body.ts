import type { CallReport } from "@laplas/core";
import { costBody } from "@laplas/gateway/bodies";

/** How an answer came about, as JSON. */
export function reportBody(report: CallReport): object {
  return {
    provider: report.provider,
    ...costBody(report),
    estimated: report.estimated,
    adjusted: report.adjusted.map(({ to }) => to),
    waited_ms: report.waitedMs,
    attempts: report.attempts,
    remaining: report.remaining ?? null,
    resets_at: report.resetsAt?.toISOString() ?? null,
    truncated_by_tier: report.truncatedByTier,
    parts: report.parts?.map(({ seam, ...cost }) => ({ ...costBody(cost), seam })) ?? null,
    ended: report.ended ?? null,
    request_id: report.requestId,
  };
}
