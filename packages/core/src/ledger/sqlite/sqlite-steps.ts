import { LedgerError } from "../../errors/setup-errors.js";
import { createBreath } from "./breath.js";
import { fileError } from "./file-error.js";
import { patienceEnd, retryWhileBusy } from "./retry-while-busy.js";
import type { SqliteConnection } from "./sqlite-connection.js";
import { busyError, isBroken, isBusy } from "./sqlite-errors.js";
import { transaction } from "./sqlite-format.js";
import type { SqliteRows } from "./sqlite-rows.js";

/** Steps on whatever file the path leads to, each whole or not at all. They throw `LedgerError` and nothing else. */
export interface SqliteSteps {
  /** Sees the file at one moment. It may put it in order: it becomes a writer where it does. */
  read<T>(work: (rows: SqliteRows) => T): Promise<T>;
  write<T>(work: (rows: SqliteRows) => T): Promise<T>;
}

export function createSteps(connection: SqliteConnection, path: string): SqliteSteps {
  type Open = Awaited<ReturnType<SqliteConnection["current"]>>;

  const step = <T>(work: (file: Open) => T, giveUpAt: number): Promise<T> => {
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
    return retryWhileBusy(async () => work(await connection.current()), mayPass, giveUpAt);
  };
  const requireFile = (): void => {
    if (connection.isLost()) throw busyError("the file has just been deleted or moved");
  };

  const breath = createBreath();
  let lastWrite: Promise<unknown> = Promise.resolve();
  /**
   * One after the other, as they were asked for. Else those that wait for another process's lock would take it in any order, and of the
   * calls that wait in an engine only the first asks again: its ticket has to stand before theirs.
   */
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const result = lastWrite.then(breath).then(work);
    lastWrite = result.catch(() => {});
    return result;
  };

  return {
    read: (work) => {
      const reading = ({ db, rows }: Open) => {
        requireFile();
        return transaction(db, () => work(rows), "DEFERRED");
      };
      return guard(path, () => step(reading, patienceEnd()));
    },
    write: (work) => {
      const writing = ({ db, rows }: Open) =>
        transaction(db, () => {
          // Not before: who notices it first brings the calls over, and would not see what is written after that.
          requireFile();
          return work(rows);
        });
      const giveUpAt = patienceEnd();
      return guard(path, () => inOrder(() => step(writing, giveUpAt)));
    },
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
