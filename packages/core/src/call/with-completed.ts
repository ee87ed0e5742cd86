import { isLaplasError } from "../errors/laplas-error.js";

/** Gives an error what was finished before it, for calls of several requests. Errors of other makes may be anybody's. */
export function withCompleted(error: unknown, completed: readonly unknown[]): unknown {
  if (!isLaplasError(error) || completed.length === 0) return error;
  return Object.defineProperty(error, "completed", { value: completed, enumerable: true, configurable: true });
}
