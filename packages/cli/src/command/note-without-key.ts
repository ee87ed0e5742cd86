import { paint } from "../terminal/paint.js";
import { note } from "../terminal/print.js";
import type { Terminal } from "../terminal/terminal.js";

/** What figures of an account without a key rest on. */
export function noteWithoutKey(terminal: Terminal, more = ""): void {
  note(terminal, paint("dim", `\nThere is no key, so this assumes that nothing is used yet.${more}`));
}
