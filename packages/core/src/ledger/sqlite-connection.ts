import type { DatabaseSync } from "node:sqlite";
import { openSqliteFile, type SqliteFileOptions } from "./sqlite-file.js";
import { prepareRows, type SqliteRows } from "./sqlite-rows.js";

/** The file of a path, with its statements. */
export interface SqliteConnection {
  /**
   * What the path names now. A file that was deleted or moved while it was open is not written to any more: processes that come
   * later open the path, and two accounts would each admit a call. What it held is not known any more, and a warning says so.
   */
  current(): Promise<{ readonly db: DatabaseSync; readonly rows: SqliteRows }>;
  isMoved(): boolean;
  close(): Promise<void>;
}

/** Opens the file of a path. @throws as `openSqliteFile` */
export async function connectSqlite(options: SqliteFileOptions): Promise<SqliteConnection> {
  const open = async () => {
    const file = await openSqliteFile(options);
    return { ...file, rows: prepareRows(file.db) };
  };
  let file = await open();
  let isOpen = true;
  let reopening: Promise<void> | undefined;
  let isClosed = false;

  const reopen = async (): Promise<void> => {
    // Kept here: older releases of Node don't say whether a database is open.
    if (isOpen) {
      isOpen = false;
      await file.close();
    }
    file = await open();
    isOpen = true;
    if (isClosed) return;
    options.warn(
      `The ledger ${options.path} was deleted or moved while it was open. A new one starts empty: what was used today is not known any more until the server refuses a call.`,
    );
  };

  return {
    isMoved: () => !isClosed && file.isMoved(),
    async current() {
      if (!isClosed && (!isOpen || file.isMoved())) {
        reopening ??= reopen().finally(() => {
          reopening = undefined;
        });
        await reopening;
      }
      return file;
    },
    async close() {
      isClosed = true;
      await reopening?.catch(() => {});
      if (!isOpen) return;
      isOpen = false;
      await file.close();
    },
  };
}
