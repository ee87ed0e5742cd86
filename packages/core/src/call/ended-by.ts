import type { Ended } from "../continuation/ended.js";
import { isLaplasError } from "../errors/laplas-error.js";

/** What a follow-up's failure ends an answer with. */
export function endedBy(error: unknown, signal: AbortSignal | undefined): Ended {
  if (!isLaplasError(error)) return signal?.aborted === true || isAbort(error) ? "aborted" : "failed";
  switch (error.code) {
    case "context_length":
    case "request_size":
      return "context";
    case "daily_quota":
    case "hourly_quota":
    case "monthly_quota":
    case "request_cost":
    case "payment_required":
    case "rate_limited":
      return "budget";
    case "timeout":
      return "deadline";
    case "invalid_request":
    case "authentication":
    case "model_not_on_tier":
    case "output_tokens":
      return "refused";
    default:
      return "failed";
  }
}

/** Whether it is how a reader leaves. */
function isAbort(error: unknown): boolean {
  return (error as { name?: unknown } | null | undefined)?.name === "AbortError";
}
