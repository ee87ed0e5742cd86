import type { FatalUpstreamCode, RetryableUpstreamCode } from "./error-codes.js";
import { isLaplasError, type LaplasError, type LaplasErrorDetails, markError } from "./laplas-error.js";

const UPSTREAM_CODES: ReadonlySet<string> = new Set<RetryableUpstreamCode | FatalUpstreamCode>([
  "unavailable",
  "timeout",
  "network",
  "invalid_request",
  "authentication",
  "context_length",
  "unexpected_response",
]);

/** The upstream, or the way to it, is in trouble. The engine has already retried `maxRetries` times. */
export class UpstreamError extends Error implements LaplasError {
  override readonly name = "UpstreamError";
  readonly code: RetryableUpstreamCode;
  readonly retryable: true = true;
  declare readonly retryAfterMs?: number;
  declare readonly httpStatus?: number;

  constructor(code: RetryableUpstreamCode, message: string, details: LaplasErrorDetails = {}) {
    super(message);
    this.code = code;
    markError(this, true, details);
  }

  /** True for every error that is no tier limit, this class and {@link FatalUpstreamError}, from any copy of the package. */
  static isInstance(value: unknown): value is UpstreamError | FatalUpstreamError {
    return isLaplasError(value) && UPSTREAM_CODES.has(value.code);
  }
}

/** The request is wrong, or the answer can't be understood: the same request would fail again. A TypeError for p-retry's sake. */
export class FatalUpstreamError extends TypeError implements LaplasError {
  override readonly name = "FatalUpstreamError";
  readonly code: FatalUpstreamCode;
  readonly retryable: false = false;
  declare readonly param?: string;
  declare readonly httpStatus?: number;

  constructor(code: FatalUpstreamCode, message: string, details: Omit<LaplasErrorDetails, "retryAfterMs"> = {}) {
    super(message);
    this.code = code;
    markError(this, false, details);
  }

  /** True for this class from any copy of the package. */
  static isInstance(value: unknown): value is FatalUpstreamError {
    return UpstreamError.isInstance(value) && !value.retryable;
  }
}
