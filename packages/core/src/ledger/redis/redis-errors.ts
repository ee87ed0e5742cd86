import { LedgerError } from "../../errors/setup-errors.js";

/** Whether a failure lies on the way to the server, or in a server that is not ready yet. */
export function isLost(error: unknown): boolean {
  const { code = "", name = "", message = "" } = error as { code?: string; name?: string; message?: string };
  return (
    /^E[A-Z]+$/.test(code) ||
    /Connection|Socket|Closed|MaxRetries|Abort/i.test(`${name} ${message}`) ||
    /^(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN)|READONLY/.test(message)
  );
}

/** What callers of the store get for a step that failed. */
export function storeError(error: unknown, timeoutMs: number): Error {
  if (LedgerError.isInstance(error) || (error as { code?: unknown } | undefined)?.code === "invalid_options")
    return error as Error;
  const reason = error === undefined ? `no answer within ${timeoutMs} ms` : reasonOf(error as Error);
  if (/FIRST_EDITION/.test(reason)) return olderVersionError();
  return new LedgerError(
    `The ledger in Redis failed, so nothing was sent uncounted: ${reason}. Mend the server, or name another place in option "ledger" (LAPLAS_LEDGER).`,
    { cause: plainError(error) },
  );
}

function olderVersionError(): LedgerError {
  return new LedgerError(
    "Processes of an older version of laplas still run calls on this account in Redis, so nothing was sent uncounted. Update them, or wait until their calls have ended.",
  );
}

/** A client's own words, but where they speak of its options and not of the server. */
function reasonOf({ name, message }: Error): string {
  if (/^Reached the max retries/.test(message)) return "it can't be reached";
  return message.replace(/\.+$/, "") || name;
}

/** Clients hang the command that failed onto its error, and that of the greeting holds the password. */
function plainError(error: unknown): Error | undefined {
  if (error === undefined) return undefined;
  const { name, message, code } = error as Error & { code?: string };
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code });
}
