import { stripVTControlCharacters } from "node:util";
import { paint } from "./paint.js";

/** A column: its heading, and on which side its cells stand. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right" | undefined;
  /** Left out where there is no room: the column with the highest number first. @default never */
  readonly spare?: number | undefined;
}

/**
 * A table as lines, two blanks between its columns; headings dimmed. Without titles there is no heading. What is wider than
 * `room` loses columns that can be spared.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  room: number = Number.POSITIVE_INFINITY,
): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(width(title), ...rows.map((row) => width(row[index] ?? ""))),
  );
  const shown = fittingColumns(columns, widths, room);
  const line = (cells: readonly string[]): string =>
    shown
      .map((index) => {
        const cell = cells[index] ?? "";
        const gap = " ".repeat(Math.max(0, (widths[index] ?? 0) - width(cell)));
        return columns[index]?.align === "right" ? gap + cell : cell + gap;
      })
      .join("  ")
      .trimEnd();
  const titles = columns.map(({ title }) => title);
  const heading = titles.every((title) => title === "") ? [] : [paint("dim", line(titles))];
  return [...heading, ...rows.map(line)];
}

function fittingColumns(columns: readonly Column[], widths: readonly number[], room: number): number[] {
  let shown = columns.map((_, index) => index);
  const wide = (): number => shown.reduce((sum, index) => sum + (widths[index] ?? 0) + 2, -2);
  while (wide() > room) {
    const spare = (index: number): number => columns[index]?.spare ?? 0;
    const [least] = shown.toSorted((one, other) => spare(other) - spare(one));
    if (least === undefined || spare(least) === 0) break;
    shown = shown.filter((index) => index !== least);
  }
  return shown;
}

/** Labels and what belongs to them, indented; a text of several lines goes on under itself, and so does one longer than the room. */
export function fields(
  rows: readonly (readonly [label: string, text: string])[],
  room: number = Number.POSITIVE_INFINITY,
): string[] {
  const widest = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.flatMap(([label, text]) =>
    text
      .split("\n")
      .flatMap((line) => fit(line, room - widest - 4))
      .map((line, index) => {
        const shown = index === 0 && label !== "" ? paint("dim", label.padEnd(widest)) : " ".repeat(widest);
        return `  ${shown}  ${line}`.trimEnd();
      }),
  );
}

/** Breaks a text only if it is longer: blanks inside of a short one are kept. */
function fit(text: string, columns: number): string[] {
  return width(text) <= columns ? [text] : wrap(text, columns);
}

/** Breaks a text at blanks into lines of at most `columns` characters. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
