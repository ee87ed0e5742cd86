import { stripVTControlCharacters, styleText } from "node:util";

const out = process.stdout;
/** A terminal that does not know its size says 0. */
const width = (): number => Math.min(out.columns || 100, 110);

/** A title between two parts of the output. */
export function heading(text: string): void {
  out.write(`\n${styleText(["bold", "cyan"], text)}\n`);
}

/** A plain remark. */
export function note(text: string): void {
  out.write(`  ${text}\n`);
}

/** One finding: a dim label and what came of it, wrapped under itself. */
export function bullet(label: string, text: string): void {
  out.write(`  ${styleText("bold", label)}\n`);
  paragraph(text);
}

/** What is asked, above what comes of it. */
export function question(text: string): void {
  out.write(`\n  ${styleText("bold", `? ${text}`)}\n`);
}

/** Text below a question, wrapped. */
export function paragraph(text: string): void {
  const line = wrapped("    ");
  line.write(text);
  line.end();
}

/** Rows of two columns, the first as wide as its widest cell. */
export function table(rows: readonly (readonly [string, string])[]): void {
  const widest = Math.max(...rows.map(([label]) => label.length));
  for (const [label, value] of rows) out.write(`  ${styleText("dim", label.padEnd(widest))}  ${value}\n`);
}

/** A bar that redraws itself on a terminal, and is a single line at the end elsewhere. */
export function progressBar(unit: string): { update(done: number, total: number): void; end(): void } {
  let last = "";
  return {
    update(done, total) {
      const cells = 30;
      const full = Math.round((done / total) * cells);
      last = `  ${styleText("green", "█".repeat(full))}${styleText("dim", "░".repeat(cells - full))} ${done} of ${total} ${unit}`;
      if (out.isTTY) out.write(`\r${last}`);
    },
    end() {
      out.write(out.isTTY ? "\n" : `${last}\n`);
    },
  };
}

/** Writes streamed text as it comes, broken between words at the terminal's width. */
export function wrapped(indent: string): { write(text: string): void; end(): void } {
  let column = 0;
  let word = "";
  const flush = (): void => {
    const length = stripVTControlCharacters(word).length;
    if (length === 0) return;
    if (column === 0) out.write(indent);
    else if (column + 1 + length > width() - indent.length) {
      out.write(`\n${indent}`);
      column = 0;
    } else {
      out.write(" ");
      column += 1;
    }
    out.write(word);
    column += length;
    word = "";
  };
  return {
    write(text) {
      for (const character of text) {
        if (/\s/.test(character)) flush();
        else word += character;
      }
    },
    end() {
      flush();
      out.write("\n");
    },
  };
}
