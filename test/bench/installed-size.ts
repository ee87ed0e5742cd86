import type { Dirent } from "node:fs";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

interface Manifest {
  name: string;
  version: string;
  files?: string[];
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** What lies on the disk after an install. */
export interface InstalledSize {
  readonly bytes: number;
  readonly packages: number;
  /** Names of packages with compiled code or a script that compiles it. */
  readonly native: readonly string[];
}

/**
 * Adds up packages with all they need, as found in this workspace. That needs no registry; every version is counted once,
 * as npm would place it.
 */
export async function installedSize(names: readonly string[]): Promise<InstalledSize> {
  const found: Map<string, string> = new Map();
  for (const name of names) await collect(name, HERE, found);
  let bytes = 0;
  const native: string[] = [];
  for (const [id, folder] of found) {
    const files = await publishedFiles(folder);
    for (const file of files) bytes += (await stat(file)).size;
    if (files.some((file) => file.endsWith(".node") || file.endsWith("binding.gyp"))) native.push(id);
  }
  return { bytes, packages: found.size, native };
}

async function collect(name: string, from: string, found: Map<string, string>): Promise<void> {
  const folder = await findPackage(name, from);
  const manifest = await readManifest(folder);
  const id = `${manifest.name}@${manifest.version}`;
  if (found.has(id)) return;
  found.set(id, folder);
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest;
  const peers = Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true);
  for (const needed of [...Object.keys(dependencies), ...peers]) await collect(needed, folder, found);
}

/** Node's own way up through the folders. `require.resolve` would not do: many packages don't export their manifest. */
async function findPackage(name: string, from: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    try {
      return await realpath(join(folder, "node_modules", name));
    } catch {
      if (folder === dirname(folder)) throw new Error(`${name} is not installed.`);
    }
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

/** All files of a package from the registry; of one of this workspace, those it would publish. */
async function publishedFiles(folder: string): Promise<string[]> {
  const { files } = await readManifest(folder);
  if (folder.includes("node_modules") || files === undefined) return filesBelow(folder);
  const entries = await readdir(folder, { withFileTypes: true });
  const kept = entries.filter(({ name }) => name === "package.json" || files.includes(name));
  return (await Promise.all(kept.map(filesOf))).flat();
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return (await Promise.all(entries.filter(({ name }) => name !== "node_modules").map(filesOf))).flat();
}

async function filesOf(entry: Dirent): Promise<string[]> {
  const path = join(entry.parentPath, entry.name);
  return entry.isDirectory() ? filesBelow(path) : [path];
}
