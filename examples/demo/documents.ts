import { glob, readFile, stat } from "node:fs/promises";
import { join, parse, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Document } from "@langchain/core/documents";
import { OwnMistake } from "./own-mistake.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));
const SKIPPED = ["node_modules", "dist"];
const LARGEST_BYTES = 2_000_000;

/** Reads the Markdown and text files below a folder; without one, the project's own documentation. */
export async function readDocuments(folder: string | undefined): Promise<{ documents: Document[]; root: string }> {
  const root = resolve(folder ?? PROJECT);
  const info = await stat(root).catch(() => undefined);
  if (info === undefined)
    throw new OwnMistake(`There is no folder ${root}. Name one that holds Markdown or text files.`);
  if (!info.isDirectory()) throw new OwnMistake(`${root} is a file. Name the folder that holds it.`);
  const documents: Document[] = [];
  const isSkipped = (name: string): boolean => SKIPPED.includes(name) || name.startsWith(".");
  // The project's own text files are lists for pip.
  for await (const path of glob(folder === undefined ? "**/*.md" : "**/*.{md,mdx,txt}", {
    cwd: root,
    exclude: (name) => isSkipped(name.split("/").at(-1) ?? ""),
  })) {
    const file = join(root, path);
    const { size } = await stat(file);
    if (size === 0 || size > LARGEST_BYTES) continue;
    documents.push(
      new Document({ pageContent: await readFile(file, "utf8"), metadata: { source: relative(root, file) } }),
    );
  }
  if (documents.length === 0) throw new OwnMistake(`${root} holds no .md, .mdx or .txt file.`);
  documents.sort((a, b) => String(a.metadata.source).localeCompare(String(b.metadata.source)));
  return { documents, root };
}

/** What a document is called: its first heading if that is plain text, else its file's name. */
export function titleOf({ pageContent, metadata }: Document): string {
  return /^#\s+([^[<!\r\n]+?)\s*$/m.exec(pageContent)?.[1] ?? parse(String(metadata.source)).name;
}
