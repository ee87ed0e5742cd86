import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { InvalidOptionsError } from "@laplas/core";
import { reasonOf } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";
import { parseLine, readTextFile, unreadable } from "./read-request-file.js";

/** A text, and what it is called. */
export interface TextItem {
  readonly id: string;
  readonly text: string;
}

/** What a folder has, in the order of the ids. */
export interface Texts {
  readonly texts: readonly TextItem[];
  /** Files that are none, or empty. */
  readonly skipped: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * The texts of a folder and the folders in it, by their paths; of a JSONL file with `id` and `text` on each line; or of one file.
 * Hidden files are left out, and so is `except`: the output may lie in the folder.
 *
 * @throws InvalidOptionsError
 */
export async function readTexts(terminal: Pick<Terminal, "resolve">, path: string, except?: string): Promise<Texts> {
  const place = terminal.resolve(path);
  const what = await stat(place).catch(unreadable(path));
  if (!what.isDirectory()) {
    if (!path.endsWith(".jsonl")) return sorted([await readItem(place, basename(place))]);
    return readLines(await readTextFile(terminal, path), path);
  }
  const left = except === undefined ? undefined : await realpath(terminal.resolve(except)).catch(() => undefined);
  const items: Item[] = [];
  for (const entry of await readdir(place, { recursive: true, withFileTypes: true }).catch(unreadable(path))) {
    const file = join(entry.parentPath, entry.name);
    const id = relative(place, file).split(sep).join("/");
    if (id.split("/").some((part) => part.startsWith("."))) continue;
    const isFile = entry.isFile() || (entry.isSymbolicLink() && (await stat(file).catch(() => undefined))?.isFile());
    if (isFile && (left === undefined || (await realpath(file)) !== left)) items.push(await readItem(file, id));
  }
  return sorted(items);
}

type Item = TextItem | { readonly id: string; readonly reason: string };

async function readItem(file: string, id: string): Promise<Item> {
  const bytes = await readFile(file).catch((error: unknown) => reasonOf(error));
  if (typeof bytes === "string") return { id, reason: `can't be read: ${bytes}` };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { id, reason: "no text in UTF-8" };
  }
  // Every binary format has one early on; no text does.
  if (text.includes("\0")) return { id, reason: "no text" };
  return text.trim() === "" ? { id, reason: "empty" } : { id, text };
}

function readLines(jsonl: string, path: string): Texts {
  const items: Item[] = [];
  for (const [index, line] of jsonl.split("\n").entries()) {
    if (line.trim() === "") continue;
    const { id, text } = parseLine(line, path, index + 1);
    if (typeof id !== "string" || typeof text !== "string") {
      throw new InvalidOptionsError(`${path}, line ${index + 1}, must have "id" and "text", both texts.`);
    }
    items.push(text.trim() === "" ? { id, reason: "empty" } : { id, text });
  }
  return sorted(items);
}

/** By code units, so that each machine has the same order. @throws InvalidOptionsError if two have one id */
function sorted(items: readonly Item[]): Texts {
  const texts: TextItem[] = [];
  const skipped: { id: string; reason: string }[] = [];
  const inOrder = items.toSorted((one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0));
  for (const [index, item] of inOrder.entries()) {
    if (inOrder[index - 1]?.id === item.id)
      throw new InvalidOptionsError(`Two texts have the id ${JSON.stringify(item.id)}.`);
    if ("text" in item) texts.push(item);
    else skipped.push(item);
  }
  return { texts, skipped };
}
