import { setImmediate } from "node:timers/promises";
import { Command, CommanderError } from "commander";
import { COMMAND_GROUPS } from "./command/command-groups.js";
import { readManifest } from "./command/read-manifest.js";
import { EXIT } from "./terminal/exit-codes.js";
import { watchOutput } from "./terminal/interruption.js";
import { paint } from "./terminal/paint.js";
import { printPlainError, printProblem } from "./terminal/problem.js";
import { safeLine } from "./terminal/safe-text.js";
import { wrap } from "./terminal/table.js";
import { type CommandProcess, createTerminal, type Terminal } from "./terminal/terminal.js";

/** Columns of help in a pipe. */
const HELP_COLUMNS = 80;
/** The narrowest column that an option is still explained in. */
const LEAST_HELP_COLUMNS = 16;

const CLOSING_LINES = [
  "Add --sandbox to try a command without a key.",
  "Exit codes: 0 fine, 1 failed, 2 wrong arguments or settings, 3 try again later.",
] as const;

/** What the arguments ask for. */
interface Asked {
  readonly args: readonly string[];
  /** The command's name, or the word in its place. */
  readonly name: string | undefined;
  readonly isKnown: boolean;
  readonly json: boolean;
}

/** Runs the command `laplas`, in a process of its own or inside another program. Never rejects. @returns the exit code */
export async function runLaplas(args: readonly string[], own: CommandProcess): Promise<number> {
  const { promise: abandoned, resolve: abandon } = Promise.withResolvers<number>();
  const terminal = createTerminal(own, abandon);
  const asked = readAsked(args);
  const fail = async (error: unknown): Promise<number> => {
    const { reportError } = await import("./terminal/report-error.js");
    return reportError(terminal, error, asked.json);
  };
  const failAtOnce = (error: unknown): void => void fail(error).then(terminal.exit);
  const run = async (): Promise<number> => {
    try {
      await parse(asked, terminal);
    } catch (error) {
      terminal.exitCode = await fail(error);
    }
    await flush(terminal);
    return terminal.exitCode;
  };
  const stopWatching = watchOutput(terminal);
  own.events.on("uncaughtException", failAtOnce);
  try {
    return await Promise.race([run(), abandoned]);
  } finally {
    own.events.off("uncaughtException", failAtOnce);
    stopWatching();
    terminal.end();
  }
}

function readAsked(given: readonly string[]): Asked {
  const [first, second = ""] = given;
  const name = first === "help" ? second : first;
  const isKnown = Object.values(COMMAND_GROUPS).some((rows) => rows.some((one) => one.name === name));
  const isHelp = first === "help" && /^(?!help$)\w/.test(second);
  // Commander's own help knows one level. Of an unknown command it would print everything, and not say what was wrong.
  const args = isHelp ? [...given.slice(1), ...(isKnown ? ["--help"] : [])] : given;
  const json = (args.includes("--") ? args.slice(0, args.indexOf("--")) : args).includes("--json");
  return { args, name, isKnown, json };
}

/** Parses the arguments and runs the command. @throws what the command throws */
async function parse(asked: Asked, terminal: Terminal): Promise<void> {
  const program = createProgram(asked, terminal);
  for (const [group, rows] of Object.entries(COMMAND_GROUPS)) {
    for (const { name, summary, load } of rows) {
      const command = program.commandsGroup(group).command(name).description(summary);
      if (name === asked.name) (await load()).define(command, terminal);
    }
  }
  program.helpCommand("help [command]", "explain a command");
  try {
    await program.parseAsync(asked.args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Its message is printed.
    terminal.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.misuse;
  }
}

function createProgram({ name, isKnown, json }: Asked, terminal: Terminal): Command {
  const { stdout, stderr } = terminal;
  return new Command("laplas")
    .description("laplas's free tier, for every program that can change a base URL.")
    .version(readManifest("laplas").version, "-v, --version", "print the version")
    .showHelpAfterError(`(laplas ${isKnown ? `${name} ` : ""}--help says how)`)
    .configureHelp({
      // Commander takes the colours out again where there are none.
      styleTitle: (title) => paint("bold", title),
      minWidthToWrap: LEAST_HELP_COLUMNS,
    })
    .configureOutput({
      writeOut: stdout.write,
      writeErr: stderr.write,
      getOutHelpWidth: () => (stdout.isTerminal ? stdout.columns : HELP_COLUMNS),
      getErrHelpWidth: () => (stderr.isTerminal ? stderr.columns : HELP_COLUMNS),
      getOutHasColors: () => stdout.hasColors,
      getErrHasColors: () => stderr.hasColors,
      outputError: (text) => tellMisuse(terminal, text.replace(/^error: /, ""), json),
    })
    .addHelpText("after", ({ error }) => {
      const { isTerminal, columns } = error ? stderr : stdout;
      const width = isTerminal ? columns : HELP_COLUMNS;
      return `\n${CLOSING_LINES.flatMap((line) => wrap(line, width)).join("\n")}`;
    })
    .exitOverride();
}

function tellMisuse(terminal: Terminal, text: string, json: boolean): void {
  printProblem(terminal, text);
  if (json) printPlainError(terminal, "invalid_options", safeLine(text));
}

/** Waits until everything printed has been written or has failed, which may change the exit code. */
async function flush({ stdout: { stream } }: Terminal): Promise<void> {
  await new Promise<unknown>((resolve) => stream.write("", resolve));
  // A stream emits its error some ticks after the callback.
  await setImmediate();
}
