import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";

/** Of all checkouts of a user: what is installed depends on what is asked for alone. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "laplas-tests");

const DAY_MS = 86_400_000;

/**
 * The folder of what `parts` name, filled once and kept in `$XDG_CACHE_HOME/laplas-tests`. It is made under a name of its own,
 * since its scripts hold its path and it can't be moved, and gets the one it is found by once it is complete. Of two runs at the
 * same time the second to finish throws its own away.
 */
export async function keptFolder(
  name: string,
  parts: readonly (string | Buffer)[],
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  const folder = join(cache, `${name}-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  await removeInterrupted(folder);
  const made = await mkdtemp(`${folder}.`);
  await fill(made);
  await symlink(made, folder, "junction").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    await rm(made, { recursive: true, force: true });
  });
  return folder;
}

/** Removes what runs that were interrupted more than a day ago have left of this folder. */
async function removeInterrupted(folder: string): Promise<void> {
  const complete = await readlink(folder).catch(() => undefined);
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (!name.startsWith(`${basename(folder)}.`) || path === complete) continue;
    if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
}
