import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../../errors/setup-errors.js";
import { copyFirstEdition, setFirstEditionAside } from "./first-edition.js";
import { damageError } from "./sqlite-errors.js";
import { SCHEMA, SCHEMA_VERSION } from "./sqlite-schema.js";

interface PrepareOptions {
  readonly path: string;
  readonly synchronous: "normal" | "full";
  readonly now: () => number;
}

/**
 * Brings a ledger's file to the format of this version, in the mode in which several processes can use it.
 *
 * @throws LedgerError for a file of a newer version
 */
export function prepareFile(db: DatabaseSync, { path, synchronous, now }: PrepareOptions): void {
  const version = versionOf(db);
  if (version > SCHEMA_VERSION) {
    throw new LedgerError(
      `The ledger ${path} has format ${version}, this version of laplas writes format ${SCHEMA_VERSION}. Update laplas, or name another file in option "ledger" (LAPLAS_LEDGER).`,
    );
  }
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous.toUpperCase()};`);
  if (version < SCHEMA_VERSION) migrate(db, Math.floor(now()));
}

/** Reads the whole file: with hundreds of thousands of calls in it that takes a second. @throws a damage error */
export function checkPages(db: DatabaseSync): void {
  const check = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  if (check !== "ok") throw damageError(`quick_check: ${String(check)}`);
}

/** In one transaction: a process that dies in it leaves the older file. The version is read again, since another may be faster. */
function migrate(db: DatabaseSync, now: number): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    const written = versionOf(db);
    if (written > SCHEMA_VERSION) throw new Error("a newer version of laplas has just written it");
    // 0: a new file, in which there is nothing to bring along.
    const isOld = written > 0 && written < SCHEMA_VERSION;
    if (isOld) setFirstEditionAside(db, written);
    db.exec(SCHEMA);
    if (isOld) copyFirstEdition(db, now);
    db.exec("COMMIT");
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Whether it is another program's database: with tables, and without ours. What a newer version of laplas wrote may lack them too. */
export function isForeign(db: DatabaseSync): boolean {
  const found = db
    .prepare(
      `SELECT COUNT(*) > 0 AND NOT EXISTS (SELECT 1 FROM pragma_table_info('calls') WHERE name IN ('held_api_tokens', 'free_at')) AS is_foreign
       FROM sqlite_schema`,
    )
    .get();
  return found?.is_foreign === 1 && versionOf(db) <= SCHEMA_VERSION;
}

/** Takes a step as one writer, at once or with a busy error; if deferred, as a reader until it writes. */
export function transaction<T>(db: DatabaseSync, step: () => T, mode: "IMMEDIATE" | "DEFERRED" = "IMMEDIATE"): T {
  db.exec(`BEGIN ${mode}`);
  try {
    const result = step();
    db.exec("COMMIT");
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Ends a transaction that failed. Some failures, a full disk among them, have ended it already. */
function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // Older releases of Node can't tell beforehand.
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
}
