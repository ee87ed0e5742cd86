import { LedgerError } from "../errors/setup-errors.js";
import { fileError } from "./file-error.js";
import { retryWhileBusy } from "./retry-while-busy.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { busyError, isBroken, isBusy } from "./sqlite-errors.js";
import { transaction } from "./sqlite-format.js";
import type { SqliteRows } from "./sqlite-rows.js";

/** Steps on whatever file the path leads to, each whole or not at all. They throw `LedgerError` and nothing else. */
export interface SqliteSteps {
  read<T>(work: (rows: SqliteRows) => T): Promise<T>;
  write<T>(work: (rows: SqliteRows) => T): Promise<T>;
}

export function createSteps(connection: SqliteConnection, path: string): SqliteSteps {
  type Open = Awaited<ReturnType<SqliteConnection["current"]>>;

  const step = <T>(work: (file: Open) => T): Promise<T> => {
    let isReopened = false;
    const mayPass = (error: unknown): boolean => {
      if (LedgerError.isInstance(error)) return false;
      if (connection.isLost() || isBusy(error)) return true;
      // Damage may be that of the connection: it is opened again, once.
      if (isReopened || !isBroken(error)) return false;
      isReopened = true;
      connection.distrust();
      return true;
    };
    return guard(path, () => retryWhileBusy(async () => work(await connection.current()), mayPass));
  };
  const requireFile = (): void => {
    if (connection.isLost()) throw busyError("the file has just been deleted or moved");
  };

  return {
    read: (work) =>
      step(({ rows }) => {
        requireFile();
        return work(rows);
      }),
    write: (work) =>
      step(({ db, rows }) =>
        transaction(db, () => {
          // Not before: who notices it first brings the calls over, and would not see what is written after that.
          requireFile();
          return work(rows);
        }),
      ),
  };
}

/** Makes a `LedgerError` of whatever a step throws. */
export async function guard<T>(path: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    throw fileError(path, error);
  }
}
