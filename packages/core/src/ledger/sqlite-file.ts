import type { BigIntStats } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../errors/setup-errors.js";
import { importNode } from "../import-node.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { isDamage, toOpenError } from "./sqlite-errors.js";
import { checkPages, isForeign, prepareFile } from "./sqlite-format.js";
import { createFileLock } from "./sqlite-lock.js";

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

/** An open file. */
export interface SqliteFile {
  readonly db: DatabaseSync;
  /** Whether the path names another file by now, or none: somebody has deleted or moved the one that is open. */
  isMoved(): boolean;
  close(): Promise<void>;
}

/** SQLite keeps these beside a file, and finds them by its path alone. */
const LOGS = ["-wal", "-shm"];
/** As many as Linux follows. */
const MOST_LINKS = 40;

/**
 * Opens the ledger's file, made with mode 0600 if it isn't there. A damaged file is moved aside and replaced. One process does so at
 * a time: what one makes or moves, another that is about to open it would otherwise lose.
 *
 * @throws LedgerError if the file was written by a newer version, or another program. UnwritableFileError if it can't be written. A
 * busy error while another process opens it.
 */
export async function openSqliteFile(options: SqliteFileOptions): Promise<SqliteFile> {
  const fs = await importNode("node:fs");
  const { dirname, resolve } = await importNode("node:path");
  const { DatabaseSync: Database } = await importNode("node:sqlite");

  /** Where a path leads, whether or not there is a file: SQLite keeps its log beside the file, whichever link leads to it. */
  const followLinks = (start: string): string => {
    let file = start;
    for (let links = 0; links < MOST_LINKS; links += 1) {
      try {
        file = resolve(dirname(file), fs.readlinkSync(file));
      } catch {
        // No link, or nothing at all.
        break;
      }
    }
    return file;
  };
  const path = followLinks(options.path);
  const lock = await createFileLock(`${path}-lock`, path);
  let isRefused = false;

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

  /**
   * Made here and not by SQLite, so that it is never readable by others, not even for a moment. One that is there is not opened here:
   * closing it would take away every lock that this process has on it.
   */
  const makeFile = (): void => {
    if (fs.existsSync(path)) {
      fs.accessSync(path, fs.constants.W_OK);
      return;
    }
    // Of a file that was deleted alone: they belong to no other, and who has it open still would share them with the new one.
    for (const suffix of LOGS) fs.rmSync(path + suffix, { force: true });
    fs.closeSync(fs.openSync(path, "wx", 0o600));
  };

  const refuse = (): LedgerError => {
    isRefused = true;
    return new LedgerError(
      `The file ${path} is no ledger: another program wrote it, so it was left as it is. Name another in option "ledger" (LAPLAS_LEDGER).`,
    );
  };

  const open = (checks: boolean): SqliteFile => {
    makeFile();
    const db = new Database(path, { timeout: 0 });
    try {
      const identity = fs.statSync(path, { bigint: true });
      if (isForeign(db)) throw refuse();
      prepareFile(db, path, options.synchronous);
      if (checks) checkPages(db);
      return {
        db,
        isMoved: () => !isSame(identity, fs.statSync(options.path, { bigint: true, throwIfNoEntry: false })),
        async close() {
          // The last that closes a file takes its log away, by a path that may be another file's by then.
          const isLocked = await retryWhileBusy(() => lock.take(false)).catch(() => false);
          try {
            db.close();
          } finally {
            if (isLocked) lock.release();
          }
        },
      };
    } catch (error) {
      db.close();
      throw error;
    }
  };

  const moveAside = (): void => {
    const aside = `${path}.damaged-${new Date(options.now()).toISOString().replace(/[:.]/g, "-")}`;
    for (const suffix of ["", ...LOGS]) {
      try {
        fs.renameSync(path + suffix, aside + suffix);
      } catch (error) {
        // Not there, or taken away just now by who could not wait for the lock.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    options.warn(
      `The ledger ${path} is damaged and was moved to ${aside}. A new one starts empty, so the first calls may meet a budget that is spent already.`,
    );
  };

  /** Who can't have the lock leaves a damaged file where it is. */
  const openOrReplace = (isLocked: boolean, checks: boolean): SqliteFile => {
    try {
      return open(checks);
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (!mayBeLedger(fs.readFileSync(path).subarray(0, HEADER.length))) throw refuse();
      if (!isLocked) throw error;
    }
    moveAside();
    return open(checks);
  };

  const locked = <T>(step: (isLocked: boolean) => T): T => {
    const isLocked = lock.take();
    try {
      return step(isLocked);
    } finally {
      if (isRefused) lock.discard();
      else lock.release();
    }
  };

  try {
    makeDirectory(dirname(path));
    const file = locked((isLocked) => openOrReplace(isLocked, false));
    try {
      // Not under the lock: it takes its time, and others wait for that only so long.
      checkPages(file.db);
      return file;
    } catch (error) {
      // Another process that found it damaged too may have moved it by now.
      const isLost = isDamage(error) || file.isMoved();
      // Waits for the lock: who moves the file aside just now would find its log gone.
      await file.close();
      if (!isLost) throw error;
      return locked((isLocked) => openOrReplace(isLocked, true));
    }
  } catch (error) {
    throw toOpenError(error, path);
  }
}

function isSame(one: BigIntStats, other: BigIntStats | undefined): boolean {
  return one.ino === other?.ino && one.dev === other.dev;
}

/** The first bytes of each SQLite file. */
const HEADER = "SQLite format 3\0";

/** Whether a file that SQLite can't read was a ledger once: a disk that fails leaves zeros, and another program its own kind of file. */
function mayBeLedger(start: Uint8Array): boolean {
  return start.every((byte) => byte === 0) || new TextDecoder().decode(start) === HEADER;
}
