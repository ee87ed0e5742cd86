import { ns } from "@langchain/core/errors";
import { isLaplasError, type LaplasError, stampRetryable } from "@laplas/core";

/**
 * What leaves this package in place of what was thrown. Errors of the engine leave as they are: LangChain's retry layers
 * read marks on the error itself, and a wrapper would lose them. Two exceptions: an abort leaves as the signal's reason,
 * marked so that no layer retries it, and a context overflow as the error that LangChain's middleware knows.
 */
export function toDoorError(error: unknown, signal?: AbortSignal | undefined): unknown {
  // AsyncCaller makes an Error of a reason that is none; the caller gets back what he gave.
  if (signal?.aborted) return stampRetryable(signal.reason, false);
  if (isLaplasError(error) && error.code === "context_length") return new PromptOverflowError(error);
  return error;
}

/** `signal.throwIfAborted()`, with the reason marked as not retryable. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stampRetryable(signal.reason, false);
}

/**
 * LangChain's ContextOverflowError by every test that LangChain has for it. Its own class is no TypeError, so `.withRetry()`
 * would send the same prompt three times.
 */
class PromptOverflowError extends ns.brand(ns.brand(TypeError), "context-overflow") {
  override readonly name = "ContextOverflowError";

  constructor(cause: LaplasError) {
    super(cause.message, { cause });
    stampRetryable(this, false);
  }
}
