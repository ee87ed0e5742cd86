import { chmodSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a draft beside the file and renames it into place: a kill or a full disk leaves the old text. A failure leaves no draft, where
 * nobody would look for what it holds. A link goes on to point at its file.
 *
 * @param mode whatever the process's mask takes away from new files. @default that of the old file
 */
export function replaceFile(path: string, text: string, mode?: number): void {
  const old = statSync(path, { throwIfNoEntry: false });
  const target = old === undefined ? path : realpathSync(path);
  const kept = mode ?? (old && old.mode & 0o777);
  const draft = `${target}.${process.pid}`;
  try {
    writeFileSync(draft, text, { mode: kept ?? 0o666 });
    if (kept !== undefined) chmodSync(draft, kept);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The same for a file that nobody but the user can read, and for its folder where there is none yet. */
export function replacePrivateFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  replaceFile(path, text, 0o600);
}
