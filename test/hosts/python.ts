import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/laplas-python/", import.meta.url));

const COMMANDS = ["python3", "python3.13", "python3.12", "python3.11", "python"];
const INSTALL = "apt-get install python3 python3-venv";
/** ensurepip: Debian leaves it out of python3, and without it a virtual environment has no pip. */
const VERSION = "import ensurepip, sys, venv; assert sys.version_info >= (3, 11); print(sys.version)";

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A virtual environment with what one requirements file names. */
export interface Python {
  /** Of its `bin` folder, where console scripts lie beside `python`. */
  readonly bin: string;
  /** Path of its interpreter. */
  readonly command: string;
  /** Runs a program below `test/hosts`, or with `-m` a module, in a bare environment: no key or proxy of whoever runs the tests. */
  run(args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** The environment for child processes that run Python, for programs that a test keeps running itself. */
export function pythonEnvironment(variables: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, PYTHONDONTWRITEBYTECODE: "1", PYTHONUTF8: "1", NO_COLOR: "1", ...variables };
}

/**
 * Python with `test/hosts/<name>-requirements.txt` installed, made once and kept below `node_modules/.cache` until the file or
 * Python changes. Undefined where the machine has no Python: one line says so, and in CI that is a failure.
 */
export async function openPython(name: string): Promise<Python | undefined> {
  const found = await findPython();
  if (found === undefined) {
    const message = `!! Python 3.11 or later with venv is missing, so the tests of ${name} did not run: ${INSTALL}`;
    if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
    console.error(message);
    return undefined;
  }
  const requirements = join(here, `${name}-requirements.txt`);
  const hash = createHash("sha256").update(readFileSync(requirements)).update(found.version).digest("hex").slice(0, 16);
  const folder = join(cache, `${name}-${hash}`);
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const command = join(bin, "python");
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    // What an interrupted run left. A finished folder can't be moved to its place: its scripts hold its path.
    await rm(folder, { recursive: true, force: true });
    await mkdir(cache, { recursive: true });
    await run(found.command, ["-m", "venv", folder]);
    const flags = ["--quiet", "--no-input", "--disable-pip-version-check", "--only-binary=:all:"];
    await run(command, ["-m", "pip", "install", ...flags, "--requirement", requirements]);
    await writeFile(complete, "");
  }
  return {
    bin,
    command,
    async run(args, variables) {
      try {
        return { ...(await run(command, [...args], { cwd: here, env: pythonEnvironment(variables) })), code: 0 };
      } catch (error) {
        const { stdout, stderr, code } = error as Outcome;
        return { stdout, stderr, code };
      }
    },
  };
}

async function findPython(): Promise<{ command: string; version: string } | undefined> {
  for (const command of COMMANDS) {
    try {
      return { command, version: (await run(command, ["-c", VERSION])).stdout };
    } catch {
      // Not there, too old, or without venv: perhaps the next.
    }
  }
  return undefined;
}
