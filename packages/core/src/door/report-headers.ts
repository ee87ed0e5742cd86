import type { CallReport } from "../call/report.js";
import type { Endpoint } from "../request/read-request.js";

/** A report as headers `x-laplas-*`. */
export function reportHeaders(report: CallReport): Record<string, string> {
  const headers = headHeaders(report);
  if (report.apiTokens !== undefined) headers["x-laplas-api-tokens"] = String(report.apiTokens);
  if (report.parts !== undefined) headers["x-laplas-parts"] = String(report.parts.length);
  if (report.ended !== undefined) headers["x-laplas-ended"] = report.ended;
  return headers;
}

/** What `usage` counts. Gateways of the first edition, which say nothing of it, count API tokens. */
export function usageHeaders(endpoint: Endpoint): Record<string, string> {
  return endpoint === "image" ? {} : { "x-laplas-usage": "tokens" };
}

/** The part of it that is known when a stream begins: not what it costs. */
export function headHeaders(report: CallReport): Record<string, string> {
  const headers: Record<string, string> = {
    "x-laplas-provider": report.provider,
    "x-laplas-waited-ms": String(report.waitedMs),
  };
  if (report.adjusted.length > 0) headers["x-laplas-adjusted"] = report.adjusted.map(({ to }) => to).join(", ");
  if (report.remaining !== undefined) headers["x-laplas-remaining"] = String(report.remaining);
  if (report.resetsAt !== undefined) headers["x-laplas-resets-at"] = report.resetsAt.toISOString();
  if (report.truncatedByTier) headers["x-laplas-truncated-by-tier"] = "true";
  if (report.requestId !== undefined) headers["x-request-id"] = report.requestId;
  return headers;
}
