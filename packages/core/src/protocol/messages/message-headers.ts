import { tightestByName } from "../../account/remaining.js";
import type { AnswerFacts } from "../protocol.js";

/**
 * Headers by which Anthropic's clients know a request and what is left (platform.claude.com/docs/en/api/rate-limits, November 2026): of each
 * kind the tightest window, its reset as a date.
 */
export function messageHeaders({ requestId, windows }: AnswerFacts): Record<string, string> {
  const headers: Record<string, string> = requestId === undefined ? {} : { "request-id": requestId };
  for (const [name, { limit, remaining, resetsAt }] of tightestByName(windows)) {
    headers[`anthropic-ratelimit-${name}-limit`] = String(limit);
    headers[`anthropic-ratelimit-${name}-remaining`] = String(remaining);
    if (resetsAt !== undefined) headers[`anthropic-ratelimit-${name}-reset`] = resetsAt.toISOString();
  }
  return headers;
}
