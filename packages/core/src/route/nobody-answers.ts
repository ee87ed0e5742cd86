import type { FatalLimitCode, FatalUpstreamCode, RetryableUpstreamCode } from "../errors/error-codes.js";
import type { LaplasError } from "../errors/laplas-error.js";
import { FatalLimitError, RetryableLimitError } from "../errors/limit-errors.js";
import { quote } from "../errors/quote.js";
import { FatalUpstreamError, UpstreamError } from "../errors/upstream-errors.js";

/** Why one target does not answer. */
export interface Refusal {
  readonly name: string;
  readonly error: LaplasError;
}

/** A longer wait is not retryable, as with one provider. */
const LONGEST_RETRY_MS = 60_000;

/**
 * The error of a call that no target answers, with a line for each target and the time when the first one can answer again. The error of an
 * only target, or one that all share, is returned as it is.
 *
 * @param leftOut targets that could not be asked, and why
 */
export function nobodyAnswers(
  route: string,
  refusals: readonly [Refusal, ...Refusal[]],
  leftOut: readonly { readonly name: string; readonly why: string }[],
  now: number,
): LaplasError {
  const [first, ...others] = refusals;
  const isOfRequest = !first.error.retryable && first.error.resetsAt === undefined;
  if (others.length === 0 && leftOut.length === 0) return first.error;
  if (isOfRequest && others.every(({ error }) => error.code === first.error.code && error.param === first.error.param))
    return first.error;
  const [soonest] = refusals.toSorted((one, other) => waitOf(one.error, now) - waitOf(other.error, now));
  const { name, error } = soonest ?? first;
  const waitMs = waitOf(error, now);
  const isRetryable = waitMs <= LONGEST_RETRY_MS;
  const when = Number.isFinite(waitMs) ? ` The first can in ${inWords(waitMs)}: ${name}.` : "";
  const lines = [
    ...refusals.map((one) => `- ${one.name}: ${one.error.message}`),
    ...leftOut.map((one) => `- ${one.name}: ${one.why}.`),
  ];
  const text = `None of the ${refusals.length + leftOut.length} models of ${quote(route)} can answer now.${when}\n${lines.join("\n")}`;
  // Some clients do not retry an error whose message says "will reset at".
  const message = isRetryable ? text.replaceAll("will reset at", "resets at") : text;
  const { rule, resetsAt, param } = error;
  const details = {
    ...(rule === undefined ? {} : { rule }),
    ...(resetsAt === undefined ? {} : { resetsAt }),
    ...(param === undefined ? {} : { param }),
    cause: error,
  };
  if (isRetryable) {
    if (UpstreamError.isInstance(error))
      return new UpstreamError(error.code as RetryableUpstreamCode, message, { ...details, retryAfterMs: waitMs });
    return new RetryableLimitError(error.code === "busy" ? "busy" : "rate_limited", message, {
      ...details,
      retryAfterMs: waitMs,
    });
  }
  return UpstreamError.isInstance(error)
    ? new FatalUpstreamError(error.code as FatalUpstreamCode, message, details)
    : new FatalLimitError(error.code as FatalLimitCode, message, details);
}

/** Milliseconds until the same request may be admitted; Infinity where it never will. */
function waitOf({ retryable, retryAfterMs, resetsAt }: LaplasError, now: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  if (retryable) return 0;
  return resetsAt === undefined ? Number.POSITIVE_INFINITY : Math.max(0, resetsAt.getTime() - now);
}

function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 ? `${Math.ceil(seconds / 60)} min` : `${Math.ceil(seconds / 3_600)} h`;
}
