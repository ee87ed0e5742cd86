import type { LaplasError } from "@laplas/core";

/**
 * An error in words for a model that called a tool. The first word says whether another call can help: LangChain's own words
 * are "Please fix your mistakes", upon which a model calls again, and spends the agent's budget on a limit that stays.
 */
export function toolErrorText({ code, message, retryable, retryAfterMs = 60_000 }: LaplasError): string {
  if (retryable) return `Retryable: wait ${Math.ceil(retryAfterMs / 1000)} s. ${message}`;
  // The one kind that other arguments can help: a size that can't be drawn, a prompt that is too long.
  return `Fatal: do not retry${code === "invalid_request" ? " with these arguments" : ""}. ${message}`;
}
