import type { BigIntStats } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { LedgerError } from "../../errors/setup-errors.js";
import { importNode } from "../../import-node.js";

/**
 * Keeps a ledger to one name. SQLite finds a file's log by its path, so two names of one file have a log each: what a process writes
 * by one name, a process that uses the other never counts.
 */
export interface SingleName {
  /** @throws LedgerError for a file that is mounted alone, or that has another name under which it is the ledger */
  check(): void;
  /** Writes the file's name into it, for those that find it under another. */
  remember(db: DatabaseSync): void;
}

/** @param path of the file, links to it followed */
export async function createSingleName(path: string): Promise<SingleName> {
  const fs = await importNode("node:fs");
  const { basename, dirname } = await importNode("node:path");
  const { DatabaseSync: Database } = await importNode("node:sqlite");
  const { pathToFileURL } = await importNode("node:url");

  const lstat = (file: string): BigIntStats | undefined =>
    attempt(() => fs.lstatSync(file, { bigint: true, throwIfNoEntry: false }));

  /**
   * The name that the file itself holds, without its log: that lies beside the other name. `immutable` makes SQLite look for no log,
   * and leave none. Opening the file by hand is not possible: closing it would end every lock that this process has on it.
   */
  const readName = (): string | undefined => {
    const address = pathToFileURL(path);
    address.searchParams.set("immutable", "1");
    const db = attempt(() => new Database(address, { readOnly: true, timeout: 0 }));
    try {
      const name = attempt(() => db?.prepare("SELECT path FROM file").get()?.path);
      return typeof name === "string" ? name : undefined;
    } finally {
      db?.close();
    }
  };

  /** A name that leads to the same entry of the same directory is no other: the directory was moved, or is mounted twice. */
  const isOtherName = (name: string, realPath: string): boolean => {
    const [own, other] = [lstat(realPath), lstat(name)];
    if (other === undefined || other.ino !== own?.ino || other.dev !== own.dev) return false;
    const [home, otherHome] = [dirname(realPath), dirname(name)].map((directory) =>
      attempt(() => fs.statSync(directory, { bigint: true })),
    );
    const isSameHome = home !== undefined && home.ino === otherHome?.ino && home.dev === otherHome.dev;
    return !isSameHome || basename(name) !== basename(realPath);
  };

  return {
    check() {
      const realPath = fs.realpathSync.native(path);
      if (isMountedAlone(attempt(() => fs.readFileSync("/proc/self/mountinfo", "utf8")) ?? "", realPath)) {
        throw new LedgerError(
          `The ledger ${path} is mounted as a single file, so its log, which SQLite keeps beside it, is not shared with it. Mount the directory of the file instead, and name the file in it in option "ledger" (LAPLAS_LEDGER).`,
        );
      }
      // Copies, backups that were brought back and files that were moved hold an old name too.
      if ((lstat(realPath)?.nlink ?? 1n) === 1n) return;
      const name = readName();
      if (name === undefined || name === realPath || !isOtherName(name, realPath)) return;
      throw new LedgerError(
        `The ledger ${path} is a hard link to ${name}. SQLite keeps a log for each name, so calls under one name are not counted under the other. Use "sqlite:${name}" in option "ledger" (LAPLAS_LEDGER), or a symbolic link; another machine or container should mount the directory.`,
      );
    },
    remember(db) {
      const realPath = fs.realpathSync.native(path);
      if (readName() === realPath) return;
      db.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS file (path TEXT NOT NULL) STRICT; DELETE FROM file;");
      db.prepare("INSERT INTO file (path) VALUES (?)").run(realPath);
      // Out of the log, where only this name leads to it.
      db.exec("COMMIT; PRAGMA wal_checkpoint(PASSIVE);");
    },
  };
}

/** Whether a path is a mount point by the text of `/proc/self/mountinfo`. Of mounts on a path, or above it, the last one covers the rest. */
export function isMountedAlone(mountinfo: string, path: string): boolean {
  let covering: string | undefined;
  for (const line of mountinfo.split("\n")) {
    // Blanks and backslashes in a path are octal.
    const point = line
      .split(" ")[4]
      ?.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
    if (point === undefined) continue;
    if (path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`)) covering = point;
  }
  return covering === path;
}

function attempt<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch {
    return undefined;
  }
}
