import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { pictureType } from "@laplas/core";

/** Pictures in files of a folder of their own, for agents on the same machine: Codex shows its model the addresses alone. */
export interface PictureFiles {
  /** @returns the file's address; nothing where it can't be written */
  keep(bytes: Uint8Array): Promise<string | undefined>;
  /** Removes all of them. */
  remove(): Promise<void>;
}

/** The folder is made with the first picture. Nobody else on the machine may read it. */
export function createPictureFiles(): PictureFiles {
  let opening: Promise<string> | undefined;
  const folders = new Set<string>();
  const open = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), "laplas-pictures-"));
    folders.add(folder);
    return folder;
  };
  return {
    async keep(bytes) {
      const [, ending = "png"] = /^image\/(\w+)/.exec(pictureType(bytes) ?? "") ?? [];
      try {
        opening ??= open();
        const path = join(await opening, `${randomUUID()}.${ending}`);
        await writeFile(path, bytes, { mode: 0o600 });
        return pathToFileURL(path).href;
      } catch {
        // The system may have swept it away: the next one gets a new folder.
        opening = undefined;
        return undefined;
      }
    },
    async remove() {
      await opening?.catch(() => {});
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
