import { paint } from "./paint.js";
import { note, printJson } from "./print.js";
import { safeLine } from "./safe-text.js";
import type { Terminal } from "./terminal.js";

/** Tells what went wrong, in one line. */
export function printProblem(terminal: Terminal, message: string): void {
  // Many messages of the engine begin with the tier, and that with our name.
  const text = safeLine(message).replace(/^laplas /, "");
  note(terminal, `${paint("red", "laplas:")} ${text}`);
}

/** An error that is none of the engine's, in the shape of those. */
export function printPlainError(terminal: Terminal, code: string, message: string): void {
  const nothing = { retry_after_ms: null, resets_at: null, rule: null, param: null };
  printJson(terminal, { object: "error", error: { code, message, retryable: false, ...nothing } });
}
