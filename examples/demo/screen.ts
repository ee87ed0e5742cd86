import { styleText } from "node:util";
import stringWidth from "string-width";
import { type Wrapped, wrap } from "./wrap.ts";

const out = process.stdout;
const isDumb = process.env.TERM === "dumb";
const ERASE_LINE = "\r\u001b[K";

/** A terminal that does not know its size says 0. */
function columns(): number {
  return Math.max(20, Math.min(out.columns || 100, 110));
}

let isLineOpen = false;
let isClosed = false;

/** Writes a text unchanged. */
export function print(text: string): void {
  if (isClosed) return;
  out.write(text);
  isLineOpen = !text.endsWith("\n");
}

/** Ends a line that is half written; nothing is printed from now on. */
export function closeScreen(): void {
  if (isLineOpen) print("\n");
  isClosed = true;
}

/** A text of a file or of a model for the screen: control characters could move the cursor, or worse. */
export function plain(text: string): string {
  return text.replace(/[^\P{Cc}\s]/gu, "");
}

/** The first line, and what belongs to it. */
export function opening(text: string, more: string): void {
  printWrapped(styleText("bold", text), "");
  printWrapped(more, "");
}

/** A title between two parts of the output. */
export function heading(text: string): void {
  print(`\n${styleText(["bold", "cyan"], text)}\n`);
}

/** A plain remark. */
export function note(text: string): void {
  printWrapped(plain(text), "  ");
}

/** Remarks below a remark. */
export function list(lines: readonly string[]): void {
  for (const line of lines) printWrapped(plain(line), "    ", "      ");
}

/** One finding: a label and what came of it, wrapped under itself. */
export function bullet(label: string, text: string): void {
  printWrapped(styleText("bold", label), "  ");
  paragraph(text);
}

/** What is asked, above what comes of it. */
export function question(text: string): void {
  print("\n");
  printWrapped(styleText("bold", `? ${plain(text)}`), "  ", "    ");
}

/** Text below a question, wrapped. */
export function paragraph(text: string): void {
  printWrapped(text, "    ");
}

/** The same in one line, however long: what a reader copies. */
export function verbatim(text: string): void {
  print(`    ${text}\n`);
}

/** A dimmed paragraph. */
export function aside(text: string): void {
  paragraph(styleText("dim", plain(text)));
}

/** A paragraph that is written as it comes. */
export function streamed(): Wrapped {
  const line = wrap(print, columns(), "    ");
  return { write: (text) => line.write(plain(text)), end: line.end };
}

/** Rows of two columns, the first as wide as its widest cell; a long value goes on under itself. */
export function table(rows: readonly (readonly [string, string])[]): void {
  const widest = Math.max(...rows.map(([label]) => label.length));
  for (const [label, value] of rows) {
    printWrapped(value, `  ${styleText("dim", label.padEnd(widest))}  `, " ".repeat(widest + 4));
  }
}

function printWrapped(text: string, first: string, indent = first): void {
  const line = wrap(print, columns(), first, indent);
  line.write(text);
  line.end();
}

/** A bar that redraws itself on a terminal, and is a single line at the end elsewhere. */
export function progressBar(unit: string): { update(done: number, total: number): void; end(): void } {
  const redraws = out.isTTY && !isDumb;
  let last = "";
  return {
    update(done, total) {
      last = bar(done, total, unit);
      if (redraws) print(`${ERASE_LINE}${last}`);
    },
    end: () => print(redraws ? "\n" : `${last}\n`),
  };
}

const WIDEST_BAR = 30;

/** One line, whatever the width: first the bar becomes shorter, then it goes. */
function bar(done: number, total: number, unit: string): string {
  const text = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${unit}`;
  // A full last column would wrap.
  const cells = Math.min(WIDEST_BAR, columns() - stringWidth(text) - 4);
  if (cells < 5) return `  ${text}`.slice(0, columns() - 1);
  const full = Math.round((done / total) * cells);
  const [filled, empty] = isDumb ? ["#", "-"] : ["█", "░"];
  return `  ${styleText("green", filled.repeat(full))}${styleText("dim", empty.repeat(cells - full))} ${text}`;
}
