import { isLaplasError, type LaplasError, type LaplasErrorCode } from "@laplas/core";
import { checkBody, duration, until } from "@laplas/gateway/bodies";
import { EXIT, exitCodeOf } from "./exit-codes.js";
import { Interruption } from "./interruption.js";
import { note, printJson } from "./print.js";
import { printPlainError, printProblem } from "./problem.js";
import { reasonOf } from "./system-error.js";
import type { Terminal } from "./terminal.js";

/** What is told of something that nobody expected: its message may hold anything, so it is named, not shown. */
const DEBUG_HINT = "LAPLAS_DEBUG=1 shows where.";

/** Whose cause lies outside of the request, where `laplas doctor` looks. */
const FOR_THE_DOCTOR: ReadonlySet<LaplasErrorCode> = new Set(["network", "authentication"]);

const HINT = " laplas doctor looks for the cause.";

/** Tells why a command failed, in one line; with `--json` as JSON as well. @returns the exit code */
export function reportError(terminal: Terminal, error: unknown, json: boolean): number {
  if (error instanceof Interruption) return error.exitCode;
  if (isLaplasError(error)) {
    printProblem(
      terminal,
      `${messageForPerson(error)}${FOR_THE_DOCTOR.has(error.code) ? HINT : ""}${whenWords(error)}`,
    );
    if (json)
      printJson(terminal, { object: "error", error: checkBody({ verdict: "refuse", adjusted: [], error }).error });
    return exitCodeOf(error);
  }
  const message = messageOf(error);
  printProblem(terminal, message);
  if (terminal.environment.LAPLAS_DEBUG && error instanceof Error) note(terminal, String(error.stack));
  if (json) printPlainError(terminal, "failed", message);
  return EXIT.failed;
}

/** How the engine's messages give a time: for programs. */
const RESET = /\bIt will reset at \d{4}-\d\d-\d\dT[\d:.]+Z\./;

/** With the time as a clock and a duration in place of that for programs. */
function messageForPerson({ message, resetsAt }: LaplasError): string {
  return resetsAt === undefined ? message : message.replace(RESET, () => `It will reset ${until(resetsAt)}.`);
}

/** When to retry, where that helps and the message does not say it: messages of the engine name a pause in seconds themselves. */
function whenWords(error: LaplasError): string {
  const { resetsAt, retryAfterMs, message } = error;
  if (resetsAt !== undefined && RESET.test(message)) return "";
  if (resetsAt !== undefined) return ` Again ${until(resetsAt)}.`;
  if (exitCodeOf(error) !== EXIT.later || / in (about )?\d+ s\b/.test(message)) return "";
  return retryAfterMs === undefined
    ? " Try again in a minute."
    : ` Again in ${duration(Math.ceil(retryAfterMs / 1_000) * 1_000)}.`;
}

function messageOf(error: unknown): string {
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  if (typeof code === "string" && typeof syscall === "string") {
    return `${path ?? syscall}: ${reasonOf(error)}.`;
  }
  const name = error instanceof Error ? error.name : typeof error;
  return `Something failed that should not have (${name}). ${DEBUG_HINT}`;
}
