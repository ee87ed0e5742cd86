import type { BigIntStats } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../../errors/setup-errors.js";
import { importNode } from "../../import-node.js";
import { fileError } from "./file-error.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { createSingleName } from "./single-name.js";
import { busyError, damageError, hasOtherHeader, isBusy, isDamage, isUnopened } from "./sqlite-errors.js";
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
  /** Tells the file from all others, whatever they are called. */
  readonly identity: Pick<BigIntStats, "ino" | "dev">;
  /** Whether a damaged file was moved aside for it. */
  readonly isReplacement: boolean;
  /** Whether the path names another file by now, or none: somebody has deleted or moved the one that is open. */
  isMoved(): boolean;
  /** Whether its log was deleted or replaced: who opens the file now writes another one. */
  hasLostLog(): boolean;
  close(): Promise<void>;
}

/** SQLite keeps these beside a file, and finds them by its path alone. */
const LOGS = ["-wal", "-shm"];
/** As many as Linux follows. */
const MOST_LINKS = 40;
/** The file, its log, the log's index, and one to spare. */
const DESCRIPTORS = 4;

/**
 * Opens the ledger's file, made with mode 0600 if it isn't there. A damaged file is moved aside and replaced. One process does so at
 * a time: what one makes or moves, another that is about to open it would otherwise lose.
 *
 * @param broken a file of this path that is still open, and is opened again because it is moved, damaged, or has lost its log
 * @throws LedgerError if the file can't be opened or written, has another name, or was written by a newer version or another
 * program. A busy error while another process opens it.
 */
export async function openSqliteFile(options: SqliteFileOptions, broken?: SqliteFile): Promise<SqliteFile> {
  const fs = await importNode("node:fs");
  const { dirname, resolve } = await importNode("node:path");
  const { DatabaseSync: Database } = await importNode("node:sqlite");

  const statOf = (file: string): BigIntStats | undefined => fs.statSync(file, { bigint: true, throwIfNoEntry: false });

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
  const name = await createSingleName(path);
  let isRefused = false;
  let isReplacement = false;

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
    const found = statOf(path);
    if (found === undefined) {
      // Of a file that was deleted alone: they belong to no other, and who has it open still would share them with the new one.
      for (const suffix of LOGS) fs.rmSync(path + suffix, { force: true });
      fs.closeSync(fs.openSync(path, "wx", 0o600));
      return;
    }
    if (!found.isFile()) throw new Error("something that is not a file is in its place, such as a directory");
    fs.accessSync(path, fs.constants.W_OK);
    // SQLite would take it for a new file, and the log away from processes that have it open.
    if (found.size === 0n && statOf(`${path}-wal`) !== undefined) throw damageError("it is empty, and its log is not");
  };

  const refuse = (): LedgerError => {
    isRefused = true;
    return new LedgerError(
      `The file ${path} is no ledger: another program wrote it, so it was left as it is. Name another in option "ledger" (LAPLAS_LEDGER).`,
    );
  };

  const checkName = (): void => {
    try {
      name.check();
    } catch (error) {
      isRefused = true;
      throw error;
    }
  };

  const open = (checks: boolean): SqliteFile => {
    makeFile();
    checkName();
    const db = new Database(path, { timeout: 0 });
    try {
      const identity = fs.statSync(path, { bigint: true });
      if (isForeign(db)) throw refuse();
      prepareFile(db, { ...options, path });
      name.remember(db);
      const log = statOf(`${path}-wal`);
      if (log === undefined) throw busyError("its log was deleted while it was opened");
      if (checks) checkPages(db);
      return {
        db,
        identity,
        isReplacement,
        isMoved: () => !isSame(identity, statOf(options.path)),
        hasLostLog: () => !isSame(log, statOf(`${path}-wal`)),
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

  const moveAside = (what: string): void => {
    const aside = `${path}.damaged-${new Date(options.now()).toISOString().replace(/[:.]/g, "-")}`;
    for (const suffix of ["", ...LOGS]) {
      try {
        fs.renameSync(path + suffix, aside + suffix);
      } catch (error) {
        // Not there, or taken away just now by who could not wait for the lock.
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    isReplacement = true;
    options.warn(
      `The ledger ${path} ${what} and was moved to ${aside}. A new one starts empty, so the first calls may meet a budget that is spent already.`,
    );
  };

  /** Without the lock, a damaged file is left in place. */
  const openOrReplace = (isLocked: boolean, checks: boolean): SqliteFile => {
    if (broken?.hasLostLog() === true && !broken.isMoved()) {
      if (!isLocked) throw damageError("its log was deleted while it was open");
      moveAside("has lost its log");
    }
    try {
      return open(checks);
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (hasOtherHeader(error) && !mayBeLedger(fs.readFileSync(path).subarray(0, HEADER.length))) throw refuse();
      if (!isLocked) throw error;
    }
    moveAside("is damaged");
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

  /** The error of the system behind SQLite's "unable to open database file": too few descriptors, most often. */
  const explain = (error: unknown): unknown => {
    if (!isUnopened(error)) return error;
    const opened: number[] = [];
    try {
      while (opened.length < DESCRIPTORS) opened.push(fs.openSync(dirname(path), "r"));
      return error;
    } catch (reason) {
      return reason;
    } finally {
      for (const descriptor of opened) fs.closeSync(descriptor);
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
    throw isBusy(error) ? error : fileError(options.path, explain(error));
  }
}

function isSame(one: Pick<BigIntStats, "ino" | "dev">, other: BigIntStats | undefined): boolean {
  return one.ino === other?.ino && one.dev === other.dev;
}

/** The first bytes of each SQLite file. */
const HEADER = "SQLite format 3\0";

/** Whether a file that SQLite can't read was a ledger once: a disk that fails leaves zeros, and another program its own kind of file. */
function mayBeLedger(start: Uint8Array): boolean {
  return start.every((byte) => byte === 0) || new TextDecoder().decode(start) === HEADER;
}
