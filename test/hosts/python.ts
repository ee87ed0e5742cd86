import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { keptFolder } from "./kept-folder.ts";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

const COMMANDS = ["python3", "python3.13", "python3.12", "python3.11", "python"];
const INSTALL = "apt-get install python3 python3-venv";
/** The first Python that a package of an environment no longer installs on. */
const TOO_NEW: Readonly<Record<string, string>> = { aider: "3.13" };

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
 * `$XDG_CACHE_HOME/laplas-tests`. Undefined where the machine has no such Python: one line says so, and in CI that is a failure,
 * but where only newer ones can't be had together with a package.
 */
export async function openPython(name: string): Promise<Python | undefined> {
  const tooNew = TOO_NEW[name];
  const found = await findPython(tooNew);
  if (found === undefined) {
    const which = tooNew === undefined ? "3.11 or later" : `3.11 or later, before ${tooNew},`;
    const message = `!! Python ${which} with venv is missing, so the tests of ${name} did not run: ${INSTALL}`;
    if (process.env.CI !== undefined && process.env.CI !== "" && tooNew === undefined) throw new Error(message);
    console.error(message);
    return undefined;
  }
  const requirements = join(here, `${name}-requirements.txt`);
  const text = readFileSync(requirements, "utf8");
  const wanted = process.env.LAPLAS_TESTS_NEWEST === "1" ? unpinned(text) : ["--requirement", requirements];
  const folder = await keptFolder(name, [text, found.version], async (made) => {
    await run(found.command, ["-m", "venv", made]);
    const flags = ["--quiet", "--no-input", "--disable-pip-version-check", "--only-binary=:all:"];
    await run(join(binOf(made), "python"), ["-m", "pip", "install", ...flags, ...wanted]);
  });
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

/** What a file was compiled from, as its head says: all else follows from that. */
function unpinned(requirements: string): string[] {
  const [, names] = /^# from ([^,\n]+)/m.exec(requirements) ?? [];
  if (names === undefined) throw new Error("these requirements do not say what they were compiled from");
  return names.split(" ");
}

function binOf(folder: string): string {
  return join(folder, process.platform === "win32" ? "Scripts" : "bin");
}

/** The first Python 3.11 or later of this machine, before the version that is too new. */
export async function findPython(tooNew = "4.0"): Promise<{ command: string; version: string } | undefined> {
  const inRange = `(3, 11) <= sys.version_info < (${tooNew.replace(".", ", ")})`;
  // ensurepip: Debian leaves it out of python3, and without it a virtual environment has no pip.
  const program = `import ensurepip, sys, venv; assert ${inRange}; print(sys.version)`;
  for (const command of COMMANDS) {
    try {
      return { command, version: (await run(command, ["-c", program])).stdout };
    } catch {
      // Not there, too old, or without venv: perhaps the next.
    }
  }
  return undefined;
}
