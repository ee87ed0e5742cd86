import { isLaplasError, type LaplasError } from "../errors/laplas-error.js";
import { InvalidOptionsError, LedgerError } from "../errors/setup-errors.js";

/**
 * Whether a failure concerns one target only. An aborted call, a ledger that fails, invalid options and a closed engine concern all of
 * them.
 */
export function isOfTarget(error: unknown, signal: AbortSignal | undefined): error is LaplasError {
  if (signal?.aborted === true || !isLaplasError(error)) return false;
  return !LedgerError.isInstance(error) && !InvalidOptionsError.isInstance(error);
}

/** The error, if it concerns one target only. @throws the error otherwise */
export function refusalIn(error: unknown, signal: AbortSignal | undefined): LaplasError {
  if (!isOfTarget(error, signal)) throw error;
  return error;
}
