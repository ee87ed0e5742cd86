import { EXIT } from "./exit-codes.js";
import { paint } from "./paint.js";
import { note } from "./print.js";
import type { StopSignal, Terminal } from "./terminal.js";

/** Why a command was ended from outside. Not an error to report. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("interrupted");
    this.exitCode = exitCode;
  }
}

/** Who waits longer than this is told what for. */
const NOTICE_MS = 300;

/** As shells count: 128 and the signal's number. */
export const SIGNAL_EXIT: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Ends the run quietly when its output is closed, as by `| head`; reports a full disk. @returns a function that stops watching */
export function watchOutput(terminal: Terminal): () => void {
  const { stream: out } = terminal.stdout;
  const { stream: err } = terminal.stderr;
  const mute = (): void => terminal.leave();
  const lost = ({ code }: NodeJS.ErrnoException): void => {
    if (code !== "EPIPE") {
      note(terminal, `laplas: the output can't be written: ${code}.`);
      terminal.exitCode = EXIT.failed;
    }
    terminal.leave();
  };
  err.on("error", mute);
  out.on("error", lost);
  return () => {
    err.off("error", mute);
    out.off("error", lost);
  };
}

/**
 * Runs what must not just break off, such as a call that the ledger counts: the first Ctrl-C, SIGTERM or closed output aborts
 * the signal with an {@link Interruption}, the second signal ends the run at once.
 */
export async function interruptible<T>(terminal: Terminal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let notice: NodeJS.Timeout | undefined;
  const stop = terminal.onSignal((signal) => {
    const exitCode = SIGNAL_EXIT[signal];
    if (controller.signal.aborted) return terminal.exit(exitCode);
    controller.abort(new Interruption(exitCode));
    notice = setTimeout(() => tellEnding(terminal), NOTICE_MS);
  });
  const before = terminal.leave;
  // Not counted as a second: whatever is still printed fails again.
  terminal.leave = () => controller.abort(new Interruption(terminal.exitCode));
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(notice);
    stop();
    terminal.leave = before;
  }
}

/** Says why a program that was told to end is still there. */
export function tellEnding(terminal: Terminal): void {
  if (terminal.stderr.isTerminal)
    note(terminal, paint("dim", "Ending, as soon as it is known what that cost. Ctrl-C ends it now."));
}

/** How long what is under way may still take after an interruption. */
const FINISH_MS = 5_000;

/** A signal that follows some seconds after another: a short call that is paid for anyhow may end by itself. */
export function aLittleLater(signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const start = (): void => {
    setTimeout(() => controller.abort(signal.reason), FINISH_MS).unref();
  };
  if (signal.aborted) start();
  else signal.addEventListener("abort", start, { once: true });
  return controller.signal;
}
