import type { LaplasError } from "@laplas/core";

/** What the exit code of a command tells the program that called it. */
export const EXIT = {
  ok: 0,
  /** The same command will fail again. */
  failed: 1,
  /** The command was given wrong arguments or settings. */
  misuse: 2,
  /** The same command will work later: a limit that resets, or an upstream in trouble. */
  later: 3,
} as const;

/** The code for an error of the engine, or for how a check tells one. */
export function exitCodeOf({
  code,
  retryable,
  resetsAt,
}: Pick<LaplasError, "code" | "retryable" | "resetsAt">): number {
  if (code === "invalid_options") return EXIT.misuse;
  // A used-up quota is fatal to a program that retries now, but it resets: for a command, later is soon enough.
  return retryable || resetsAt !== undefined ? EXIT.later : EXIT.failed;
}
