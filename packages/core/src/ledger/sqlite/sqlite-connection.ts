import type { DatabaseSync } from "node:sqlite";
import { carryOver } from "./carry-over.js";
import type { Replacement } from "./own-calls.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import { openSqliteFile, type SqliteFile, type SqliteFileOptions } from "./sqlite-file.js";
import { transaction } from "./sqlite-format.js";
import { prepareRows, type RowsOptions, type SqliteRows } from "./sqlite-rows.js";

/**
 * The file of a path, with its statements. A file that was deleted, moved or damaged while it was open is not written to any more:
 * processes that come later open the path, and two accounts would each admit a call. What it held is not known any more, and a
 * warning says so.
 */
export interface SqliteConnection {
  /** The file; opened again if it was found lost or distrusted. */
  current(): Promise<{ readonly db: DatabaseSync; readonly rows: SqliteRows }>;
  /** Whether the path leads to another file by now, or the file's log is not its own. Then it is opened again before its next use. */
  isLost(): boolean;
  /** Has the file opened again before its next use. */
  distrust(): void;
  close(): Promise<void>;
}

/** Options of {@link connectSqlite}. */
export interface ConnectionOptions extends SqliteFileOptions, RowsOptions {
  /** Writes into a file that has come in place of another, before anything else does. */
  readonly onReplaced: (rows: SqliteRows, replacement: Pick<Replacement, "old" | "isCarriedOver">) => void;
}

/** Opens the file of a path. @throws as `openSqliteFile` */
export async function connectSqlite(options: ConnectionOptions): Promise<SqliteConnection> {
  const open = async (broken?: SqliteFile) => {
    const file = await openSqliteFile(options, broken);
    return { ...file, rows: prepareRows(file.db, options) };
  };
  let file = await open();
  let isDistrusted = false;
  let reopening: Promise<void> | undefined;
  let isClosed = false;
  let closing: Promise<void> | undefined;

  /** The old file stays open meanwhile: it shows whether the one at its path is sound, and tells which calls run. */
  const reopen = async (): Promise<void> => {
    const old = file;
    const fresh = await open(old);
    const isOther = fresh.identity.ino !== old.identity.ino || fresh.identity.dev !== old.identity.dev;
    try {
      if (isOther) {
        const isCarriedOver = await carryOver(old.db, fresh, options.now());
        const replacement = { old: `${old.identity.dev}:${old.identity.ino}`, isCarriedOver };
        await retryWhileBusy(() => transaction(fresh.db, () => options.onReplaced(fresh.rows, replacement)));
      }
    } catch (error) {
      await fresh.close();
      throw error;
    }
    file = fresh;
    isDistrusted = false;
    await old.close();
    if (isClosed || !isOther || fresh.isReplacement) return;
    options.warn(
      `The ledger ${options.path} was deleted or moved while it was open. A new one starts empty: what was used today is not known any more until the server refuses a call.`,
    );
  };

  return {
    isLost() {
      const isLost = !isClosed && (file.isMoved() || file.hasLostLog());
      isDistrusted ||= isLost;
      return isLost;
    },
    distrust() {
      isDistrusted = true;
    },
    async current() {
      if (isDistrusted && !isClosed) {
        reopening ??= reopen().finally(() => {
          reopening = undefined;
        });
        await reopening;
      }
      return file;
    },
    close() {
      isClosed = true;
      closing ??= (reopening ?? Promise.resolve()).catch(() => {}).then(() => file.close());
      return closing;
    },
  };
}
