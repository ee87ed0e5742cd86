/**
 * What loads of the package in the newest lfx, as its README installs it, or with `langflow` as an argument in the newest Langflow. It
 * needs no gateway.
 *
 *   node scripts/run.mjs test/hosts/langflow/newest.ts [langflow]
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonEnvironment } from "../python.ts";
import { type ReadmeEnvironment, tryReadme } from "../try-readme.ts";
import { packageFolder } from "./install-wheel.ts";

const WITHIN_MS = 2 * 60_000;
const PROGRAM = `
from importlib.metadata import version
from lfx.extension.loader import load_installed_extensions
import lfx.services.initialize
[own] = [each for each in load_installed_extensions() if each.extension_id == "lfx-laplas"]
troubles = [str(each) for each in (*own.errors, *own.warnings)]
print(", ".join(f"{name} {version(name)}" for name in ("lfx", "langchain-openai", "openai")), end=": ")
print(", ".join(found.klass.display_name for found in own.components), *troubles, sep="; ")
`;

if (import.meta.main) await tryNewestLangflow(new AbortController().signal, process.argv.slice(2));

/** Ends at the signal, or after two minutes, with more to install after ten. */
export async function tryNewestLangflow(ending: AbortSignal, more: readonly string[] = []): Promise<void> {
  const withinMs = more.length > 0 ? 5 * WITHIN_MS : WITHIN_MS;
  await tryReadme({ name: "Langflow", packageFolder, more, withinMs, ending }, load);
}

async function load({ folder, bin, signal }: ReadmeEnvironment): Promise<string> {
  const options = { cwd: folder, env: pythonEnvironment(), signal };
  const { stdout } = await promisify(execFile)(join(bin, "python"), ["-c", PROGRAM], options);
  return stdout.trim();
}
