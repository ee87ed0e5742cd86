import { paint } from "./paint.js";
import { printJson } from "./print.js";
import { safeLine } from "./safe-text.js";

/** Tells what went wrong, in one line. */
export function printProblem(message: string): void {
  // Many messages of the engine begin with the tier, and that with our name.
  const text = safeLine(message).replace(/^laplas /, "");
  process.stderr.write(`${paint("red", "laplas:", process.stderr)} ${text}\n`);
}

/** An error that is none of the engine's, in the shape of those. */
export function printPlainError(code: string, message: string): void {
  const nothing = { retry_after_ms: null, resets_at: null, rule: null, param: null };
  printJson({ object: "error", error: { code, message, retryable: false, ...nothing } });
}
