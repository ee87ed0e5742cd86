import { EventEmitter } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { createSandbox, type Sandbox, type SandboxOptions } from "@laplas/sandbox";
import { onTestFinished } from "vitest";
import { runLaplas } from "../run-laplas.js";
import type { OutputStream } from "../terminal/output.js";
import type { CommandProcess, StopSignal } from "../terminal/terminal.js";

/** Looks like no other text of a test, so that a leak is found by looking for it. */
export const KEY = "sk-never-show-this-key";
export const PROMPT = "Where does the heron of the mill sleep?";

/** How a command runs. */
export interface RunSettings {
  /** Variables that are added to the shell's own, or replace them. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The text on stdin; `open` leaves stdin open, for the test to write to. @default "" */
  readonly input?: string | "open";
  /** Makes the three streams a terminal of this width. @default pipes */
  readonly columns?: number;
  /** Replaces the stdout that is recorded. */
  readonly stdout?: OutputStream;
}

/** A running command, in this process. */
export interface CommandRun {
  readonly stdin: PassThrough;
  stdout(): string;
  stderr(): string;
  /** Both in the order they were written, as a terminal shows them. */
  screen(): string;
  /** Resolves once the pattern matches there. @throws Error if the command ends first */
  until(where: "stdout" | "stderr" | "screen", pattern: RegExp): Promise<RegExpExecArray>;
  signal(name: StopSignal): void;
  /** Reports an error as uncaught. */
  throwUncaught(error: Error): void;
  readonly ended: Promise<number>;
}

/** A command that has ended. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder, an account and a sandbox for one test, in which the command `laplas` runs. */
export interface Shell {
  readonly folder: string;
  readonly sandbox: Sandbox;
  start(args: readonly string[], settings?: RunSettings): CommandRun;
  /** Runs to the end. */
  run(args: readonly string[], settings?: RunSettings): Promise<Finished>;
  /** Runs with `--json`, and parses the output. */
  json(args: readonly string[], settings?: RunSettings): Promise<unknown>;
  write(name: string, content: string | Buffer): void;
  read(name: string): string;
}

export async function openShell(options: SandboxOptions = {}): Promise<Shell> {
  const folder = mkdtempSync(join(tmpdir(), "laplas-shell-"));
  const sandbox = await createSandbox(options);
  onTestFinished(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const variables = {
    LAPLAS_API_KEY: KEY,
    LAPLAS_BASE_URL: sandbox.baseURL,
    LAPLAS_LEDGER: `sqlite:${folder}/ledger.sqlite`,
    HOME: folder,
    XDG_STATE_HOME: folder,
    XDG_CONFIG_HOME: folder,
    TERM: "xterm-256color",
    LANG: "C.UTF-8",
  };
  const start: Shell["start"] = (args, settings = {}) =>
    startRun(args, { ...settings, environment: { ...variables, ...settings.environment } }, folder);
  const run: Shell["run"] = async (args, settings) => {
    const started = start(args, settings);
    const code = await started.ended;
    return { code, stdout: started.stdout(), stderr: started.stderr() };
  };
  return {
    folder,
    sandbox,
    start,
    run,
    json: async (args, settings) => JSON.parse((await run([...args, "--json"], settings)).stdout),
    write(name, content) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    },
    read: (name) => readFileSync(join(folder, name), "utf8"),
  };
}

function startRun(
  args: readonly string[],
  { environment = {}, input = "", columns, stdout }: RunSettings,
  folder: string,
): CommandRun {
  const printed = { stdout: "", stderr: "", screen: "" };
  const listeners = new Set<() => void>();
  const size = columns === undefined ? {} : { isTTY: true, columns };
  const keep = (name: "stdout" | "stderr"): OutputStream => {
    const write = (piece: Buffer, _: unknown, done: () => void): void => {
      printed[name] += piece;
      printed.screen += piece;
      for (const listener of listeners) listener();
      done();
    };
    return Object.assign(new Writable({ write }), size);
  };
  const stdin = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true });
  if (input !== "open") stdin.end(input);
  const events = new EventEmitter();
  const own: CommandProcess = {
    stdin,
    stdout: stdout ?? keep("stdout"),
    stderr: keep("stderr"),
    environment,
    cwd: () => folder,
    events,
  };
  let isOver = false;
  const ended = runLaplas(args, own).finally(() => {
    isOver = true;
    for (const listener of listeners) listener();
  });
  onTestFinished(async () => {
    // The second signal ends the run at once.
    for (const signal of isOver ? [] : ["SIGINT", "SIGINT"]) events.emit(signal);
    await ended;
  });
  return {
    stdin,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    screen: () => printed.screen,
    signal: (name) => void events.emit(name),
    throwUncaught: (error) => void events.emit("uncaughtException", error),
    ended,
    until: (where, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(printed[where]);
          if (match === null && !isOver) return;
          listeners.delete(look);
          if (match !== null) resolve(match);
          else reject(new Error(`ended before ${pattern}:\n${printed.screen}`));
        };
        listeners.add(look);
        look();
      }),
  };
}
