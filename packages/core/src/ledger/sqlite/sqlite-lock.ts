import type { BigIntStats } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../../errors/setup-errors.js";
import { importNode } from "../../import-node.js";
import { busyError } from "./sqlite-errors.js";

/** A lock that one holder on the machine has at a time, be it a process or a thread. It ends with its process, however that ends. */
export interface FileLock {
  /**
   * Takes it, at once or not at all.
   *
   * @param mayMake whether its file is made where there is none
   * @returns false where it can't be had, since its file is another user's or must not be made
   * @throws a busy error while somebody else has it. LedgerError if another program's file is in its place. A system error where its
   * file can't be made or opened for another reason than its owner: without a lock, two would open the ledger at once.
   */
  take(mayMake?: boolean): boolean;
  release(): void;
  /** Releases it, and takes its file away if this lock has made it. */
  discard(): void;
}

const NOT_OURS = new Set(["EACCES", "EPERM", "EROFS"]);

/**
 * The lock of a ledger: SQLite's own, on an empty file beside it. Who may write the ledger may use it, whoever made it first.
 *
 * @param path of the lock's file, which stays
 * @param ledger path of the ledger
 */
export async function createFileLock(path: string, ledger: string): Promise<FileLock> {
  const fs = await importNode("node:fs");
  const { DatabaseSync: Database } = await importNode("node:sqlite");
  let holding: DatabaseSync | undefined;
  let isMade = false;

  const statOf = (file: string): BigIntStats | undefined => fs.statSync(file, { bigint: true, throwIfNoEntry: false });

  const make = (): void => {
    try {
      fs.closeSync(fs.openSync(path, "wx", 0o600));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return;
      throw error;
    }
    isMade = true;
    const like = statOf(ledger);
    if (like === undefined) return;
    fs.chmodSync(path, Number(like.mode) & 0o777);
    if (process.getuid?.() === 0) fs.chownSync(path, Number(like.uid), Number(like.gid));
  };

  const find = (mayMake: boolean): BigIntStats | undefined => {
    try {
      if (mayMake) make();
      // SQLite opens a file that it can't write for reading, and a lock on that keeps nobody out.
      fs.accessSync(path, fs.constants.R_OK | fs.constants.W_OK);
      return statOf(path);
    } catch (error) {
      if (NOT_OURS.has((error as NodeJS.ErrnoException).code ?? "")) return undefined;
      if (!mayMake && (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };

  const release = (): void => {
    // Nothing was written, so the file stays empty.
    holding?.close();
    holding = undefined;
  };

  return {
    take(mayMake = true) {
      const found = find(mayMake);
      if (found === undefined) return false;
      if (!found.isFile() || found.size > 0n) {
        throw new LedgerError(
          `The file ${path} is another program's, and the ledger beside it needs it as its lock. Name another ledger in option "ledger" (LAPLAS_LEDGER).`,
        );
      }
      holding = new Database(path, { timeout: 0 });
      try {
        // The journal of what is never written needs no file either.
        holding.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
        const now = statOf(path);
        // Somebody has taken the file away: others lock the next one.
        if (now?.ino !== found.ino || now.dev !== found.dev) throw busyError(`${path} was deleted while it was opened`);
        return true;
      } catch (error) {
        release();
        throw error;
      }
    },
    release,
    discard() {
      try {
        // Before it is released: whoever waits for it then finds it gone.
        if (isMade) fs.rmSync(path, { force: true });
      } catch {
        // Windows keeps what is open. It stays, and is empty.
      }
      release();
    },
  };
}
