import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "./left-out.ts";

const SKIPPED = ["node_modules", "dist"];

/** A path below the folder: a file to read, a file of another kind, or why it can't be read. */
export type Found = { readonly path: string } & (
  | { readonly bytes: number }
  | { readonly isOtherKind: true }
  | { readonly reason: string }
);

/**
 * Finds the files below a folder in the order of their names. Hidden files and folders, and folders of what was installed or built,
 * are passed over. Folders behind links are not entered: a link can lead in a circle.
 */
export async function* walk(root: string, kinds: RegExp, folder = ""): AsyncGenerator<Found> {
  const entries = await entriesOf(join(root, folder));
  if (typeof entries === "string") return yield { path: `${folder || "."}/`, reason: entries };
  for (const entry of entries) {
    if (entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) yield await look(root, path, entry, kinds);
    else if (!SKIPPED.includes(entry.name)) yield* walk(root, kinds, path);
  }
}

async function entriesOf(folder: string): Promise<Dirent[] | string> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    return reasonOf(error);
  }
}

async function look(root: string, path: string, entry: Dirent, kinds: RegExp): Promise<Found> {
  const isOtherKind = !kinds.test(entry.name);
  if (isOtherKind && !entry.isSymbolicLink()) return { path, isOtherKind };
  try {
    const info = await stat(join(root, path));
    if (info.isDirectory()) return { path, reason: "a link to a folder, not followed" };
    if (isOtherKind) return { path, isOtherKind };
    // Reading a pipe would wait for a writer.
    return info.isFile() ? { path, bytes: info.size } : { path, reason: "not a file" };
  } catch (error) {
    const isDangling = entry.isSymbolicLink() && (error as NodeJS.ErrnoException).code === "ENOENT";
    return { path, reason: isDangling ? "a link to nothing" : reasonOf(error) };
  }
}
