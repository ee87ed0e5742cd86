import type { FatalLimitCode, RetryableLimitCode } from "./error-codes.js";
import { isLaplasError, type LaplasError, type LaplasErrorDetails, markError } from "./laplas-error.js";

/** A limit that passes within a minute: the same request will pass after `retryAfterMs`. */
export class RetryableLimitError extends Error implements LaplasError {
  override readonly name = "RetryableLimitError";
  readonly code: RetryableLimitCode;
  readonly retryable: true = true;
  declare readonly retryAfterMs: number;
  declare readonly resetsAt?: Date;
  declare readonly rule?: string;

  constructor(code: RetryableLimitCode, message: string, details: LaplasErrorDetails & { retryAfterMs: number }) {
    super(message);
    this.code = code;
    markError(this, true, details);
  }

  /** True for this class from any copy of the package. */
  static isInstance(value: unknown): value is RetryableLimitError {
    return isLaplasError(value) && (value.code === "busy" || value.code === "rate_limited");
  }
}

const FATAL_LIMIT_CODES: ReadonlySet<string> = new Set<FatalLimitCode>([
  "daily_quota",
  "monthly_quota",
  "hourly_quota",
  "image_input",
  "output_tokens",
  "image_count",
  "image_size",
  "request_cost",
  "request_size",
  "model_not_on_tier",
  "payment_required",
]);

/**
 * A limit that retrying now can't pass. Carries no `retryAfterMs`: LangChain's `.withRetry()` would really sleep until then.
 * A TypeError, because p-retry, under `.withRetry()`, stops on nothing else.
 */
export class FatalLimitError extends TypeError implements LaplasError {
  override readonly name = "FatalLimitError";
  readonly code: FatalLimitCode;
  readonly retryable: false = false;
  declare readonly resetsAt?: Date;
  declare readonly rule?: string;

  constructor(code: FatalLimitCode, message: string, details: Omit<LaplasErrorDetails, "retryAfterMs"> = {}) {
    super(message);
    this.code = code;
    markError(this, false, details);
  }

  /** True for this class from any copy of the package. */
  static isInstance(value: unknown): value is FatalLimitError {
    return isLaplasError(value) && FATAL_LIMIT_CODES.has(value.code);
  }
}
