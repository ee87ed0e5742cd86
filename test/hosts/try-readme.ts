import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { CleanUp } from "./litellm/worlds.ts";
import { findPython, pythonEnvironment } from "./python.ts";
import { runGroup } from "./run-group.ts";

const PIP = { PIP_QUIET: "1", PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1" };

export interface Readme {
  /** Of the host, in what is printed. */
  readonly name: string;
  /** Holds the README and the package. */
  readonly packageFolder: string;
  /** What pip installs beside the names of the README. */
  readonly more?: readonly string[];
  readonly withinMs: number;
  readonly ending: AbortSignal;
}

/** An environment as a reader of the README has it today. */
export interface ReadmeEnvironment {
  /** Goes away with all that is in it. */
  readonly folder: string;
  /** Of the environment's programs. */
  readonly bin: string;
  readonly signal: AbortSignal;
  readonly cleanUp: CleanUp;
}

/**
 * Runs the pip line of a package's README in a fresh environment, with the wheel of this checkout and the newest host that pip finds for
 * it, then tries the package there. It prints what came of it, and never fails: a version that others published is no fault of a change
 * here.
 *
 * @param attempt returns what to print
 */
export async function tryReadme(
  readme: Readme,
  attempt: (environment: ReadmeEnvironment) => Promise<string>,
): Promise<void> {
  const signal = AbortSignal.any([readme.ending, AbortSignal.timeout(readme.withinMs)]);
  const say = (result: string): void => console.log(`newest ${readme.name}, by the README: ${result}`);
  const works: (() => Promise<void>)[] = [];
  const cleanUp: CleanUp = (work) => void works.unshift(work);
  try {
    const folder = await mkdtemp(join(tmpdir(), "laplas-newest-"));
    cleanUp(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    say(await attempt({ folder, bin: await install(readme, folder, signal), signal, cleanUp }));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    say(signal.aborted ? "not done in time" : said);
  } finally {
    for (const work of works) await work().catch((error: Error) => say(error.message));
  }
}

async function install({ packageFolder, more = [] }: Readme, folder: string, signal: AbortSignal): Promise<string> {
  const bin = join(folder, "environment", "bin");
  const wheels = join(folder, "wheels");
  const { PATH = "", ...bare } = pythonEnvironment();
  const env = { ...bare, ...PIP, PIP_FIND_LINKS: wheels, PATH: [bin, PATH].join(delimiter) };
  const run = async (command: string, ...args: readonly string[]): Promise<void> => {
    const code = await runGroup(command, args, signal, { cwd: folder, env });
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
  };
  const found = await findPython();
  if (found === undefined) throw new Error("there is no Python 3.11 or later with venv");
  await run(found.command, "-m", "venv", join(folder, "environment"));
  await run("pip", "wheel", "--no-deps", "--wheel-dir", wheels, packageFolder);
  await run("sh", "-c", [await pipLine(packageFolder), ...more].join(" "));
  return bin;
}

/** Without the comment at its end. */
async function pipLine(packageFolder: string): Promise<string> {
  const [line] = /^pip install [^#\n]+/m.exec(await readFile(join(packageFolder, "README.md"), "utf8")) ?? [];
  if (line === undefined) throw new Error("the README has no line for pip");
  return line.trim();
}
