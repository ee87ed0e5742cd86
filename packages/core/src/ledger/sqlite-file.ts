import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../errors/setup-errors.js";
import { importNode } from "../import-node.js";
import { MIGRATIONS, SCHEMA, SCHEMA_VERSION } from "./sqlite-schema.js";

/** Options of the SQLite file. */
export interface SqliteFileOptions {
  readonly path: string;
  /** `normal` survives kill -9, `full` a power cut as well, at the price of a disk flush per call. */
  readonly synchronous: "normal" | "full";
  /** Told when a damaged file was moved aside. */
  readonly warn: (message: string) => void;
  /** Names a moved file. */
  readonly now: () => number;
}

/** The file can't be opened or made for writing; a ledger in memory is the way on. */
export class UnwritableFileError extends Error {
  override readonly name = "UnwritableFileError";
}

/**
 * Opens the ledger's file, made with mode 0600 if it isn't there. A damaged file is moved aside and replaced.
 *
 * @throws LedgerError if the file was written by a newer version. UnwritableFileError if it can't be written.
 */
export async function openSqliteFile(options: SqliteFileOptions): Promise<DatabaseSync> {
  const fs = await importNode("node:fs");
  const { dirname } = await importNode("node:path");
  const { DatabaseSync: Database } = await importNode("node:sqlite");
  const { path } = options;

  const open = (): DatabaseSync => {
    // Made here and not by SQLite, so that it is never readable by others, not even for a moment.
    fs.closeSync(fs.openSync(path, "a", 0o600));
    const db = new Database(path, { timeout: 0 });
    try {
      prepareFile(db, options);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  };

  // Not `recursive`: Node 24 spins for ever where a directory can't be made although its parent is there, as in /proc.
  const makeDirectory = (directory: string): void => {
    if (fs.existsSync(directory) || dirname(directory) === directory) return;
    makeDirectory(dirname(directory));
    try {
      fs.mkdirSync(directory, { mode: 0o700 });
    } catch (error) {
      // Another process was faster.
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  };

  try {
    makeDirectory(dirname(path));
    return open();
  } catch (error) {
    if (!isDamage(error)) throw toOpenError(error, path);
  }
  const aside = `${path}.damaged-${new Date(options.now()).toISOString().replace(/[:.]/g, "-")}`;
  try {
    for (const suffix of ["", "-wal", "-shm"]) {
      if (fs.existsSync(path + suffix)) fs.renameSync(path + suffix, aside + suffix);
    }
    options.warn(
      `The ledger ${path} is damaged and was moved to ${aside}. A new one starts empty, so the first calls may meet a budget that is spent already.`,
    );
    return open();
  } catch (error) {
    throw toOpenError(error, path);
  }
}

function prepareFile(db: DatabaseSync, options: SqliteFileOptions): void {
  const version = versionOf(db);
  if (version > SCHEMA_VERSION) {
    throw new LedgerError(
      `The ledger ${options.path} has format ${version}, this version of laplas writes format ${SCHEMA_VERSION}. Update laplas, or name another file in option "ledger" (LAPLAS_LEDGER).`,
    );
  }
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${options.synchronous.toUpperCase()};`);
  if (version < SCHEMA_VERSION) migrate(db);
  const check = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (check !== "ok") throw Object.assign(new Error(`quick_check: ${String(check)}`), { errcode: SQLITE_CORRUPT });
}

/** In one transaction: a process that dies in it leaves the older file. The version is read again, since another may be faster. */
function migrate(db: DatabaseSync): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const written = versionOf(db);
    // 0: a new file, in which there is nothing to bring along.
    for (let version = written; version > 0 && version < SCHEMA_VERSION; version += 1)
      db.exec(MIGRATIONS[version] ?? "");
    db.exec(`${SCHEMA} COMMIT;`);
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
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

function isDamage(error: unknown): boolean {
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

function toOpenError(error: unknown, path: string): Error {
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
