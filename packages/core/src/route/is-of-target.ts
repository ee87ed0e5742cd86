import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { InvalidOptionsError, LedgerError } from "../errors/setup-errors.js";

/**
 * Whether a failure says no for one target. A caller that has gone, a ledger that fails, options that are wrong and an engine that was
 * closed concern all of them.
 */
export function isOfTarget(error: unknown, signal: AbortSignal | undefined): error is LaplasError {
  if (signal?.aborted === true || !isLaplasError(error)) return false;
  return !LedgerError.isInstance(error) && !InvalidOptionsError.isInstance(error);
}

/** The error where it says no for one target. @throws what concerns all */
export function refusalIn(error: unknown, signal: AbortSignal | undefined): LaplasError {
  if (!isOfTarget(error, signal)) throw error;
  return error;
}
