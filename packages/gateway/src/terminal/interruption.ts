import { EXIT } from "./exit-codes.js";
import { paint } from "./paint.js";
import { note } from "./print.js";

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
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;

let leave = (): void => process.exit();

/** Ends quietly when whoever reads the output has gone, as `| head` does; a full disk is told. */
export function watchOutput(): void {
  process.stderr.on("error", () => leave());
  process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code !== "EPIPE") {
      note(`laplas: the output can't be written: ${code}.`);
      process.exitCode = EXIT.failed;
    }
    leave();
  });
}

/**
 * Runs what must not just break off, such as a call that the ledger counts: the first Ctrl-C, SIGTERM or closed output aborts
 * the signal with an {@link Interruption}, the second ends the process at once.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let notice: NodeJS.Timeout | undefined;
  const interrupt = (exitCode: number): void => {
    if (controller.signal.aborted) process.exit(exitCode);
    controller.abort(new Interruption(exitCode));
    notice = setTimeout(tellEnding, NOTICE_MS);
  };
  const listeners = Object.entries(SIGNALS).map(([name, code]) => [name, () => interrupt(code)] as const);
  const before = leave;
  // Not counted as a second: whatever is still printed fails again.
  leave = () => controller.abort(new Interruption(Number(process.exitCode ?? EXIT.ok)));
  for (const [name, listener] of listeners) process.on(name, listener);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(notice);
    for (const [name, listener] of listeners) process.off(name, listener);
    leave = before;
  }
}

/** Says why a program that was told to end is still there. */
export function tellEnding(): void {
  if (process.stderr.isTTY === true)
    note(paint("dim", "Ending, as soon as it is known what that cost. Ctrl-C ends it now.", process.stderr));
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
