import { LedgerError } from "../../errors/setup-errors.js";
import { LOCK_PATIENCE_MS } from "./retry-while-busy.js";
import { isBusy } from "./sqlite-errors.js";

/** A home that can't be written, as in a container, is the most common case: the sentence has to name the ways out of it. */
const REMEDY =
  'Fix that, or choose another ledger in option "ledger" (LAPLAS_LEDGER): LAPLAS_LEDGER=sqlite:/tmp/laplas/ledger.sqlite keeps the account in another file, LAPLAS_LEDGER=memory in this process alone, until it ends. The next call tries again.';

/** The error for a ledger's file that can't be opened, read or written, whatever the reason. One of ours stays as it is. */
export function fileError(path: string, error: unknown): LedgerError {
  if (LedgerError.isInstance(error)) return error;
  const reason = isBusy(error)
    ? `another process has held its lock for ${LOCK_PATIENCE_MS} ms`
    : error instanceof Error
      ? error.message
      : String(error);
  return new LedgerError(`The ledger ${path} failed, so nothing was sent uncounted: ${reason}. ${REMEDY}`, {
    cause: error,
  });
}
