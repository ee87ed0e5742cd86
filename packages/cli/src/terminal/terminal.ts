import { resolve } from "node:path";
import { createOutput, type Environment, type Output, type OutputStream } from "./output.js";
import { safeLine } from "./safe-text.js";
import { createWarnings, type Warnings } from "./warnings.js";

/** A stream that is read: a terminal, a pipe, a file. */
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };

/** Signals that end a command in good order. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Everything a run of the command takes from its process. */
export interface CommandProcess {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly environment: Environment;
  /** The working folder. */
  cwd(): string;
  /** Emits SIGINT, SIGTERM and uncaughtException. */
  readonly events: Pick<NodeJS.EventEmitter, "on" | "off">;
  /** Ends the program at once. Without it the run resolves at once, and pending work is left to itself. */
  exit?(code: number): void;
  /** Whether the command has the process to itself, and may replace its globals. @default false */
  readonly ownsProcess?: boolean | undefined;
}

/** The streams, environment and signals of one run of a command, and how it ends. */
export interface Terminal extends Pick<CommandProcess, "cwd" | "stdin" | "environment"> {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly warnings: Warnings;
  readonly ownsProcess: boolean;
  /** The absolute path of a file that the user named, from the working folder. */
  resolve(path: string): string;
  /** Listens for SIGINT and SIGTERM, which then no longer end the process. @returns a function that stops listening */
  onSignal(listener: (signal: StopSignal) => void): () => void;
  /** The exit code of the run, unless it fails. */
  exitCode: number;
  /** Called when the output can't be written any more. `interruptible` replaces it, so that a call can finish first. */
  leave: () => void;
  /** Ends the run at once, without waiting for pending work. */
  exit(code: number): void;
  /** Adds work for the end of the run, whichever way it ends. */
  atEnd(work: () => void): void;
  /** Does the work of {@link atEnd}, once. */
  end(): void;
}

/** @param abandon called with the exit code of a run that ends at once */
export function createTerminal(own: CommandProcess, abandon: (exitCode: number) => void): Terminal {
  const stderr = createOutput(own.stderr, own.environment);
  const endings: (() => void)[] = [];
  const terminal: Terminal = {
    // Node opens the stream of a process with the first access to it.
    get stdin() {
      return own.stdin;
    },
    stdout: createOutput(own.stdout, own.environment),
    stderr,
    environment: own.environment,
    warnings: createWarnings((message) => stderr.write(`laplas: ${safeLine(message)}\n`)),
    ownsProcess: own.ownsProcess === true,
    cwd: () => own.cwd(),
    resolve: (path) => resolve(own.cwd(), path),
    onSignal(listener) {
      const hear = { SIGINT: () => listener("SIGINT"), SIGTERM: () => listener("SIGTERM") };
      for (const [signal, heard] of Object.entries(hear)) own.events.on(signal, heard);
      return () => {
        for (const [signal, heard] of Object.entries(hear)) own.events.off(signal, heard);
      };
    },
    exitCode: 0,
    leave: () => terminal.exit(terminal.exitCode),
    exit(code) {
      terminal.end();
      own.exit?.(code);
      abandon(code);
    },
    atEnd: (work) => void endings.push(work),
    end() {
      for (const work of endings.splice(0)) work();
    },
  };
  return terminal;
}
