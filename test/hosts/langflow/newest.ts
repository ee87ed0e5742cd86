/**
 * The pip line of the package's README in a fresh environment, with the wheel of this checkout, so with the newest lfx that pip finds, or
 * with `langflow` as an argument the newest Langflow: what loads of the package there, without a gateway. It prints what came of it, and
 * never fails: a version that others published is no fault of a change here.
 *
 *   node scripts/run.mjs test/hosts/langflow/newest.ts [langflow]
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findPython, pythonEnvironment } from "../python.ts";
import { packageFolder } from "./install-wheel.ts";

const WITHIN_MS = 2 * 60_000;
const PIP = ["-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check"];
const PROGRAM = `
from importlib.metadata import version
from lfx.extension.loader import load_installed_extensions
import lfx.services.initialize
[own] = [each for each in load_installed_extensions() if each.extension_id == "lfx-laplas"]
troubles = [str(each) for each in (*own.errors, *own.warnings)]
print(", ".join(f"{name} {version(name)}" for name in ("lfx", "langchain-openai", "openai")), end=": ")
print(", ".join(found.klass.display_name for found in own.components), *troubles, sep="; ")
`;

const folder = await mkdtemp(join(tmpdir(), "laplas-newest-langflow-"));
const [wheels, environment] = [join(folder, "wheels"), join(folder, "environment")];
const python = join(environment, "bin", "python");
const signal = AbortSignal.timeout(process.argv.length > 2 ? 5 * WITHIN_MS : WITHIN_MS);
try {
  const found = await findPython();
  if (found === undefined) throw new Error("there is no Python 3.11 or later with venv");
  const run = async (command: string, args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(command, [...args], { cwd: folder, env: pythonEnvironment(), signal })).stdout;
  await run(found.command, ["-m", "venv", environment]);
  await run(python, [...PIP, "wheel", "--no-deps", "--wheel-dir", wheels, packageFolder]);
  await run(python, [...PIP, "install", "--find-links", wheels, ...(await namesOfReadme()), ...process.argv.slice(2)]);
  console.log(`newest Langflow: ${(await run(python, ["-c", PROGRAM])).trim()}`);
} catch (error) {
  const said = error instanceof Error ? error.message : String(error);
  console.log(`newest Langflow: ${signal.aborted ? "not done in time" : said}`);
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** What the README says to install. */
async function namesOfReadme(): Promise<string[]> {
  const [, names] = /^pip install ([^#\n]+)/m.exec(await readFile(join(packageFolder, "README.md"), "utf8")) ?? [];
  if (names === undefined) throw new Error("the README has no line for pip");
  return names.trim().split(" ");
}
