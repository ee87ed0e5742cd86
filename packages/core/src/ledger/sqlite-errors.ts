import { LedgerError } from "../errors/setup-errors.js";

/** The file can't be opened or made for writing; a ledger in memory is the way on. */
export class UnwritableFileError extends Error {
  override readonly name = "UnwritableFileError";
}

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;

/** The primary code of an SQLite error; extended codes keep it in their low byte. */
function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** Whether another process holds the file's write lock just now. */
export function isBusy(error: unknown): boolean {
  return sqliteCode(error) === SQLITE_BUSY;
}

/** An error that {@link isBusy} knows. */
export function busyError(message: string): Error {
  return Object.assign(new Error(message), { errcode: SQLITE_BUSY });
}

/** An error that {@link isDamage} knows. */
export function damageError(message: string): Error {
  return Object.assign(new Error(message), { errcode: SQLITE_CORRUPT });
}

/** Whether what the file holds can't be read. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB;
}

const UNWRITABLE_SYSTEM_CODES = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOSPC",
  "EISDIR",
  "ENOTDIR",
  "ENOENT",
  "EEXIST",
]);

/** What is told of a file that could not be opened. A busy one stays what it is, since it may be tried again. */
export function toOpenError(error: unknown, path: string): Error {
  if (LedgerError.isInstance(error) || isBusy(error)) return error as Error;
  const code = sqliteCode(error);
  const systemCode = (error as { code?: unknown } | null)?.code;
  if (code === SQLITE_CANTOPEN || code === SQLITE_READONLY || code === SQLITE_FULL) {
    return new UnwritableFileError(`${path} can't be written`, { cause: error });
  }
  if (typeof systemCode === "string" && UNWRITABLE_SYSTEM_CODES.has(systemCode)) {
    return new UnwritableFileError(`${path} can't be written (${systemCode})`, { cause: error });
  }
  return new LedgerError(`The ledger ${path} can't be opened: ${(error as Error).message}`, { cause: error });
}
