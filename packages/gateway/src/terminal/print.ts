import { safeJson } from "./safe-text.js";

/** Prints lines of text. */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Prints a value for programs: one line, so that several can follow each other. */
export function printJson(value: object): void {
  process.stdout.write(`${safeJson(JSON.stringify(value))}\n`);
}

/** Tells the person something that is no part of the output. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
