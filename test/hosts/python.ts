import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readlink, rm, stat, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
/** Of all checkouts of a user: what is installed depends on the requirements alone. */
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "laplas-tests");

const COMMANDS = ["python3", "python3.13", "python3.12", "python3.11", "python"];
const DAY_MS = 86_400_000;
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
 * Python with `test/hosts/<name>-requirements.txt` installed, made once for each state of that file and each Python, and kept in
 * `$XDG_CACHE_HOME/laplas-tests`. Undefined where the machine has no Python: one line says so, and in CI that is a failure.
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
  if (!existsSync(folder)) await installInto(folder, found.command, requirements);
  const bin = binOf(folder);
  const command = join(bin, "python");
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

/**
 * Makes the environment under a name of its own, since its scripts hold its path and it can't be moved, and gives it the one it
 * is found by once it is complete. Of two runs at the same time the second to finish throws its own away.
 */
async function installInto(folder: string, python: string, requirements: string): Promise<void> {
  await mkdir(cache, { recursive: true });
  await removeInterrupted(folder);
  const made = await mkdtemp(`${folder}.`);
  await run(python, ["-m", "venv", made]);
  const flags = ["--quiet", "--no-input", "--disable-pip-version-check", "--only-binary=:all:"];
  await run(join(binOf(made), "python"), ["-m", "pip", "install", ...flags, "--requirement", requirements]);
  await symlink(made, folder, "junction").catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
    await rm(made, { recursive: true, force: true });
  });
}

/** Removes what runs that were interrupted more than a day ago have left of this environment. */
async function removeInterrupted(folder: string): Promise<void> {
  const complete = await readlink(folder).catch(() => undefined);
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    if (!name.startsWith(`${basename(folder)}.`) || path === complete) continue;
    if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
}

function binOf(folder: string): string {
  return join(folder, process.platform === "win32" ? "Scripts" : "bin");
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
