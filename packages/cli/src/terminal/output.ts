import { WriteStream } from "node:tty";
import { stripVTControlCharacters } from "node:util";
import { columnsOf, roomOf } from "./size.js";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A stream that is written: a terminal, a pipe, a file. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly fd?: number | undefined;
};

/** One of the two streams that a command prints to. */
export interface Output {
  readonly stream: OutputStream;
  readonly isTerminal: boolean;
  /** Columns to fill, see `columnsOf`. */
  readonly columns: number;
  /** Columns for text that can be left out, see `roomOf`. */
  readonly room: number;
  /** Whether block characters can be shown. */
  readonly hasBlocks: boolean;
  /** Writes a text unchanged. */
  write(text: string): void;
  /** Writes a text that `paint` may have colored, see `render`. */
  print(text: string): void;
  /** A text for this stream: without its colors where the stream shows none. */
  render(text: string): string;
  readonly hasColors: boolean;
  /** Whether the last thing written has begun a line and not ended it. */
  readonly isInLine: boolean;
}

export function createOutput(stream: OutputStream, environment: Environment): Output {
  const isTerminal = stream.isTTY === true;
  const hasColors = showsColors(isTerminal, environment);
  let isInLine = false;
  const write = (text: string): void => {
    if (text !== "") isInLine = !text.endsWith("\n");
    stream.write(text);
  };
  const render = (text: string): string => (hasColors ? text : stripVTControlCharacters(text));
  return {
    stream,
    isTerminal,
    // Read each time: the window may be resized.
    get columns() {
      return columnsOf(stream);
    },
    get room() {
      return roomOf(stream);
    },
    hasBlocks: showsBlocks(environment),
    hasColors,
    get isInLine() {
      return isInLine;
    },
    render,
    write,
    print: (text) => write(render(text)),
  };
}

/** By NO_COLOR, FORCE_COLOR and TERM as Node reads them, but from the given environment. */
function showsColors(isTerminal: boolean, environment: Environment): boolean {
  if (!isTerminal && environment.FORCE_COLOR === undefined) return false;
  // The method reads nothing of its stream. Node's `styleText` takes fewer than three bits for no colors.
  return WriteStream.prototype.getColorDepth(environment) > 2;
}

/** Not on the Linux console, nor where the locale says that the text is no UTF-8. */
export function showsBlocks(environment: Environment): boolean {
  if (environment.TERM === "linux" || environment.TERM === "dumb") return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || "UTF-8";
  return /utf-?8/i.test(locale);
}
