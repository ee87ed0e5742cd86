import type { LaplasErrorDetails } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import type { Denial } from "./ledger-store.js";

/** A longer wait is fatal in practice: LangChain and other hosts give up by then. */
const LONGEST_RETRY_MS = 60_000;

/** The error for a call that the account can't afford before a known time. "will reset at" is read by LangChain as fatal. */
export function denialError(
  denial: Denial,
  tierTitle: string,
  remedy: string,
  details: Pick<LaplasErrorDetails, "httpStatus" | "requestId" | "billingUrl"> = {},
): FatalLimitError | RetryableLimitError {
  const { code, rule, used, limit } = denial;
  if (code === "request_cost") {
    return new FatalLimitError(
      code,
      `${tierTitle}: this request may cost more than the whole limit of ${limit} API tokens (rule ${rule}), and option reserve is "worst". Ask for fewer output tokens, or take a cheaper model.`,
      { rule },
    );
  }
  const resetsAt = new Date(denial.resetsAt);
  const waitMs = Math.max(0, denial.resetsAt - denial.now);
  const unit = denial.metric === "requests" ? "requests" : "API tokens";
  const count =
    denial.reason === "upstream" ? "the server says so" : `${Math.round(used)} of ${limit} ${unit}, rule ${rule}`;
  if (waitMs <= LONGEST_RETRY_MS) {
    return new RetryableLimitError(
      "rate_limited",
      `${tierTitle}: nothing left in this window (${count}). The same request passes in ${Math.ceil(waitMs / 1_000)} s.`,
      { ...details, retryAfterMs: waitMs, resetsAt, rule },
    );
  }
  return new FatalLimitError(
    code,
    `${tierTitle}: ${code === "daily_quota" ? "daily" : "hourly"} quota used up (${count}). It will reset at ${resetsAt.toISOString()}.${remedy}`,
    { ...details, resetsAt, rule },
  );
}
