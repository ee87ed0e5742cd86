/** The same request will pass after `retryAfterMs`. */
export type RetryableLimitCode = "busy" | "rate_limited";

/** Retrying now can't help. The quotas reset at `resetsAt`, the others never do. */
export type FatalLimitCode =
  | "daily_quota"
  | "hourly_quota"
  | "monthly_quota"
  | "image_input"
  | "output_tokens"
  | "image_count"
  | "image_size"
  | "request_cost"
  | "request_size"
  | "model_not_on_tier"
  /** The provider serves nothing before somebody pays. */
  | "payment_required";

/** The upstream or the way to it is in trouble: the same request may pass later. */
export type RetryableUpstreamCode = "unavailable" | "timeout" | "network";

/** The upstream would answer, or did answer, that this request is wrong. */
export type FatalUpstreamCode = "invalid_request" | "authentication" | "context_length" | "unexpected_response";

/** Misuse of the options, or a store that can't be trusted. */
export type SetupCode = "invalid_options" | "ledger";

/** Every code an error of this package can carry. */
export type LaplasErrorCode =
  | RetryableLimitCode
  | FatalLimitCode
  | RetryableUpstreamCode
  | FatalUpstreamCode
  | SetupCode;
