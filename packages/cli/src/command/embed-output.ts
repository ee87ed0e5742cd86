import { type FileHandle, open } from "node:fs/promises";
import { createInterface } from "node:readline";
import { InvalidOptionsError } from "@laplas/core";
import { z } from "zod";
import { reasonOf, withPath } from "../terminal/system-error.js";
import type { Terminal } from "../terminal/terminal.js";

/** A line. `embedding` stands last: what comes before it can be read without its thousand numbers. */
export interface EmbedLine {
  readonly id: string;
  readonly model: string;
  readonly sha256: string;
  readonly text?: string;
  readonly embedding: readonly number[] | string;
}

/** The JSONL file that vectors are added to. */
export interface EmbedOutput {
  /** Ids that have their line, and the hash of the text that was embedded. */
  readonly done: ReadonlyMap<string, string>;
  /** Whether a half-written last line was cut off. */
  readonly repaired: boolean;
  /** Adds lines, on the disk when it returns. @throws InvalidOptionsError if another program writes to the file as well, or a vector has another length */
  append(lines: readonly EmbedLine[]): Promise<void>;
  close(): Promise<void>;
}

const headSchema = z.object({ id: z.string(), model: z.string(), sha256: z.string() });
/** How each line begins: what else ends without a line break is no half of ours, and is not cut. */
const BEGINNING = '{"id":"';
/** Inside of a text its quotation marks would be escaped. */
const VECTOR = ',"embedding":';
const NEWLINE = 10;

/**
 * Opens a file that was begun before, or a new one. A last line that is not whole is cut off.
 *
 * @throws InvalidOptionsError if the file holds something else, or vectors of another model or length
 */
export async function openEmbedOutput(
  terminal: Pick<Terminal, "resolve">,
  path: string,
  model: string,
): Promise<EmbedOutput> {
  const handle = await open(terminal.resolve(path), "a+").catch((error: NodeJS.ErrnoException) => {
    throw new InvalidOptionsError(`${path} can't be written: ${reasonOf(error)}.`, { cause: error });
  });
  try {
    // What is no file can't be read again, to go on.
    if (!(await handle.stat()).isFile())
      throw new InvalidOptionsError(`${path} is no ordinary file. Choose another one.`);
    const whole = await wholeLength(handle);
    const read = await readDone(handle, whole, path, model);
    const { size: before } = await handle.stat();
    const repaired = before > whole;
    if (repaired) await cutOff(handle, path, whole, before);
    return createOutput(handle, path, whole, read, repaired);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function createOutput(
  handle: FileHandle,
  path: string,
  start: number,
  { done, numbers: before }: Read,
  repaired: boolean,
): EmbedOutput {
  let size = start;
  let numbers = before;
  return {
    done,
    repaired,
    async append(lines) {
      if (lines.length === 0) return;
      const { size: found } = await handle.stat();
      if (found !== size)
        throw new InvalidOptionsError(`Another program writes to ${path} as well. One of them is enough.`);
      const wrong = lines.find(({ embedding }) => numbers !== undefined && embedding.length !== numbers);
      if (wrong !== undefined) {
        throw new InvalidOptionsError(
          `${path} has vectors of ${numbers} numbers, not of ${wrong.embedding.length}. Choose another file, or --dimensions ${numbers}.`,
        );
      }
      numbers ??= lines[0]?.embedding.length;
      const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
      await handle.appendFile(bytes).catch(withPath(path));
      await handle.datasync().catch(withPath(path));
      size += bytes.length;
    },
    close: () => handle.close(),
  };
}

/** Bytes up to the end of the last whole line. */
async function wholeLength(handle: FileHandle): Promise<number> {
  const { size } = await handle.stat();
  const block = Buffer.alloc(65_536);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await handle.read(block, 0, end - start, start);
    const at = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
}

/** What a file has already. */
interface Read {
  readonly done: Map<string, string>;
  /** Length of its vectors. */
  readonly numbers: number | undefined;
}

async function readDone(handle: FileHandle, whole: number, path: string, model: string): Promise<Read> {
  const done = new Map<string, string>();
  let numbers: number | undefined;
  if (whole === 0) return { done, numbers };
  const input = handle.createReadStream({ start: 0, end: whole - 1, autoClose: false, encoding: "utf8" });
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const head = readHead(line);
    if (head === undefined)
      throw new InvalidOptionsError(`${path} was not written by laplas embed. Choose another file.`);
    if (head.model !== model) {
      throw new InvalidOptionsError(
        `${path} has vectors of ${head.model}, which can't be compared with those of ${model}. Choose another file.`,
      );
    }
    numbers ??= (JSON.parse(line) as EmbedLine).embedding.length;
    done.set(head.id, head.sha256);
  }
  return { done, numbers };
}

function readHead(line: string): z.infer<typeof headSchema> | undefined {
  const at = line.indexOf(VECTOR);
  if (at < 0) return undefined;
  try {
    return headSchema.safeParse(JSON.parse(`${line.slice(0, at)}}`)).data;
  } catch {
    return undefined;
  }
}

async function cutOff(handle: FileHandle, path: string, whole: number, size: number): Promise<void> {
  const length = Math.min(BEGINNING.length, size - whole);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, whole);
  if (!BEGINNING.startsWith(buffer.toString("latin1"))) {
    throw new InvalidOptionsError(`${path} was not written by laplas embed. Choose another file.`);
  }
  await handle.truncate(whole);
}
