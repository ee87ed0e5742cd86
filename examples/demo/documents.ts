import { readFile, stat } from "node:fs/promises";
import { extname, join, parse, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Document } from "@langchain/core/documents";
import { decode } from "./decode.ts";
import { UsageError } from "./errors.ts";
import { type LeftOut, leftOutLines, reasonOf } from "./left-out.ts";
import { type Found, walk } from "./walk.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const KINDS = /\.(?:md|mdx|txt)$/i;
const LARGEST_BYTES = 2_000_000;
/** All of it is held in memory. */
const MOST_BYTES = 50_000_000;

/** The texts of a folder. */
export interface Documents {
  readonly documents: readonly Document[];
  readonly leftOut: readonly LeftOut[];
  /** Files of other kinds in a folder of the user's, by how their names end. */
  readonly otherKinds: ReadonlyMap<string, number>;
  readonly root: string;
}

/**
 * Reads the Markdown and text files below a folder; without one, the project's own documentation.
 *
 * @throws UsageError
 */
export async function readDocuments(folder: string | undefined): Promise<Documents> {
  const root = resolve(folder ?? PROJECT);
  await requireFolder(root);
  const documents: Document[] = [];
  const leftOut: LeftOut[] = [];
  const otherKinds = new Map<string, number>();
  let bytes = 0;
  // The project's own text files are lists for pip.
  for await (const found of walk(root, folder === undefined ? /\.md$/ : KINDS)) {
    const { path } = found;
    if ("isOtherKind" in found) {
      const kind = extname(path).toLowerCase();
      if (folder !== undefined) otherKinds.set(kind, (otherKinds.get(kind) ?? 0) + 1);
      continue;
    }
    const read = await readText(root, found, MOST_BYTES - bytes);
    if ("reason" in read) leftOut.push({ path, ...read });
    else documents.push(new Document({ pageContent: read.text, metadata: { source: path } }));
    if ("text" in read) bytes += read.text.length;
  }
  if (documents.length === 0) throw new UsageError(nothingIn(root, leftOut));
  return { documents, leftOut, otherKinds, root };
}

async function requireFolder(root: string): Promise<void> {
  const info = await stat(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT")
      throw new UsageError(`There is no folder ${root}. Name one that holds Markdown or text files.`);
    throw new UsageError(`${root}: ${reasonOf(error)}.`);
  });
  if (!info.isDirectory()) throw new UsageError(`${root} is a file. Name the folder that holds it.`);
}

async function readText(
  root: string,
  found: Exclude<Found, { isOtherKind: true }>,
  room: number,
): Promise<{ text: string } | { reason: string }> {
  if ("reason" in found) return { reason: found.reason };
  if (found.bytes > LARGEST_BYTES) return { reason: `${megabytes(found.bytes)}, more than the 2 MB that are read` };
  if (found.bytes > room) return { reason: `beyond the first ${megabytes(MOST_BYTES)} of text` };
  try {
    return decode(await readFile(join(root, found.path)));
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 100_000) / 10} MB`;
}

function nothingIn(root: string, leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return `${root} holds no .md, .mdx or .txt file.`;
  return `${root} holds no text that can be read:\n${leftOutLines(leftOut)
    .map((line) => `    ${line}`)
    .join("\n")}`;
}

/** What a document is called: its first heading if that is short plain text, else its file's name. */
export function titleOf({ pageContent, metadata }: Document): string {
  return /^#\s+([^[<!\r\n]{1,60}?)\s*$/m.exec(pageContent)?.[1] ?? parse(String(metadata.source)).name;
}
