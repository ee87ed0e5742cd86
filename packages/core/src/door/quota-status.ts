/** The status of an answer that says that a quota is used up. */
export type QuotaStatus = 400 | 429;

/** By this header a caller chooses the status, and a gateway for its clients. */
const HEADER = "x-laplas-quota-status";

/**
 * 429 is what SDKs, LiteLLM and LangChain stop at, with `x-should-retry: false`. opencode (1.18, seen in November 2026) sleeps for as
 * long as `retry-after` says after a 429, in silence, and ends at a 400 with its message. A header that says neither is no reason to fail.
 */
export function quotaStatusFor(headers: Headers): QuotaStatus {
  const asked = headers.get(HEADER)?.trim();
  if (asked === "400") return 400;
  if (asked === "429") return 429;
  return headers.get("user-agent")?.includes("opencode/") === true ? 400 : 429;
}
