import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Python, pythonEnvironment } from "../python.ts";

const run = promisify(execFile);

/** `packages/langflow`. */
export const packageFolder = fileURLToPath(new URL("../../../packages/langflow", import.meta.url));

/** An environment with the package in it, as a user's is. */
export interface Installed {
  /** Its interpreter. */
  readonly command: string;
  readonly wheel: string;
  remove(): Promise<void>;
}

/** Builds the wheel, with what `python` has. */
async function buildWheel(python: Python, folder: string): Promise<string> {
  const args = ["-m", "hatchling", "build", "--target", "wheel", "--directory", folder];
  await run(python.command, args, { cwd: packageFolder, env: pythonEnvironment() });
  const [name] = (await readdir(folder)).filter((file) => file.endsWith(".whl"));
  if (name === undefined) throw new Error("hatchling left no wheel");
  return join(folder, name);
}

/**
 * Installs the wheel, not editable, in a clean environment that sees the packages of `host` and nothing else: copying 600 MB
 * for each run would prove no more. `--no-index` makes pip fail if anything that the wheel requires is not there.
 */
export async function installWheel(host: Python): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-langflow-"));
  const wheel = await buildWheel(host, join(folder, "wheel"));
  const environment = join(folder, "environment");
  const env = pythonEnvironment();
  await run(host.command, ["-m", "venv", "--without-pip", environment], { env });
  const command = join(environment, "bin", "python");
  const where = "import sysconfig; print(sysconfig.get_path('purelib'))";
  const ask = async (interpreter: string) => (await run(interpreter, ["-c", where], { env })).stdout.trim();
  await writeFile(join(await ask(command), "host.pth"), await ask(host.command));
  const flags = ["--quiet", "--no-index", "--disable-pip-version-check"];
  await run(host.command, ["-m", "pip", "--python", command, "install", ...flags, wheel], { env });
  return { command, wheel, remove: () => rm(folder, { recursive: true, force: true }) };
}
