const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_CANTOPEN = 14;
const SQLITE_NOTADB = 26;
const SQLITE_IOERR_SHORT_READ = 522;

/** The code of an SQLite error. An extended one keeps the primary code in its low byte. */
function extendedCode(error: unknown): number | undefined {
  const code = (error as { errcode?: unknown } | null)?.errcode;
  return typeof code === "number" ? code : undefined;
}

function primaryCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

/** Whether another process holds the file's write lock just now. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === SQLITE_BUSY;
}

/** An error that {@link isBusy} knows. */
export function busyError(message: string): Error {
  return Object.assign(new Error(message), { errcode: SQLITE_BUSY });
}

/** An error that {@link isDamage} knows. */
export function damageError(message: string): Error {
  return Object.assign(new Error(message), { errcode: SQLITE_CORRUPT });
}

/** Whether what the file or its log holds can't be read, or is shorter than it was. */
export function isDamage(error: unknown): boolean {
  return (
    primaryCode(error) === SQLITE_CORRUPT || hasOtherHeader(error) || extendedCode(error) === SQLITE_IOERR_SHORT_READ
  );
}

/** Whether the file does not begin as SQLite's files do. */
export function hasOtherHeader(error: unknown): boolean {
  return primaryCode(error) === SQLITE_NOTADB;
}

/** Whether a connection is of no use any more. One that was opened while file descriptors were short may only read. */
export function isBroken(error: unknown): boolean {
  return isDamage(error) || primaryCode(error) === SQLITE_READONLY;
}

/** Whether SQLite could not open a file: it does not say why. */
export function isUnopened(error: unknown): boolean {
  return primaryCode(error) === SQLITE_CANTOPEN;
}
