import { safeJson } from "./safe-text.js";
import type { Terminal } from "./terminal.js";

/** Prints lines of text. */
export function printLines({ stdout }: Terminal, lines: readonly string[]): void {
  stdout.print(`${lines.join("\n")}\n`);
}

/** Prints a value for programs: one line, so that several can follow each other. */
export function printJson({ stdout }: Terminal, value: object): void {
  stdout.write(`${safeJson(JSON.stringify(value))}\n`);
}

/** Tells the person something that is no part of the output. */
export function note({ stderr }: Terminal, text: string): void {
  stderr.print(`${text}\n`);
}
