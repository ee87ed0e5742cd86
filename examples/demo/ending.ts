import { closeScreen } from "./screen.ts";

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
const LONGEST_CLOSE_MS = 1_000;

const closers: (() => Promise<void>)[] = [];
let hasBegun = false;

/** Adds what is to be closed when the program is ended from outside. */
export function atEnd(close: () => Promise<void>): void {
  closers.push(close);
}

/** Whether the program is being ended from outside: errors of calls that are cut off are then none to report. */
export function isEnding(): boolean {
  return hasBegun;
}

/** Ends the program at Ctrl-C, at SIGTERM, and once nobody reads its output, as after `| head`: without a stack, half a line or a leftover file. */
export function endFromOutside(): void {
  for (const [signal, code] of Object.entries(SIGNALS)) process.on(signal, () => void end(code, "Stopped.\n"));
  process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) =>
    code === "EPIPE" ? void end(0) : void end(1, `The output can't be written: ${message}\n`),
  );
  process.stderr.on("error", () => {});
}

async function end(exitCode: number, message = ""): Promise<void> {
  // In a terminal Ctrl-C comes twice: once by itself, once passed on by npm's script.
  if (hasBegun) return;
  hasBegun = true;
  closeScreen();
  process.stderr.write(message);
  process.on("unhandledRejection", () => {});
  setTimeout(() => process.exit(exitCode), LONGEST_CLOSE_MS);
  await Promise.allSettled(closers.map((close) => close()));
  process.exit(exitCode);
}
