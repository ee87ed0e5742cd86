import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Python, pythonEnvironment } from "../python.ts";

const run = promisify(execFile);

/** `packages/litellm`. */
export const packageFolder: string = fileURLToPath(new URL("../../../packages/litellm/", import.meta.url));

/** A virtual environment as an operator has it: LiteLLM, and `litellm-laplas` from its wheel. */
export interface CleanEnvironment {
  /** Its interpreter. */
  readonly command: string;
  readonly wheel: string;
  close(): Promise<void>;
}

/**
 * Builds the wheel and installs it, without any way back to the sources, into a new environment that finds LiteLLM, which takes
 * most of a minute to install, in the one made for the tests.
 */
export async function openCleanEnvironment(python: Python): Promise<CleanEnvironment> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-wheel-"));
  const env = pythonEnvironment();
  await run(python.command, ["-m", "hatchling", "build", "--target", "wheel", "--directory", folder], {
    cwd: packageFolder,
    env,
  });
  const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
  if (wheel === undefined) throw new Error("hatchling made no wheel");
  await run(python.command, ["-m", "venv", join(folder, "environment")], { env });
  const command = join(folder, "environment", process.platform === "win32" ? "Scripts" : "bin", "python");
  const site = async (interpreter: string): Promise<string> =>
    (await run(interpreter, ["-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], { env })).stdout.trim();
  await writeFile(join(await site(command), "litellm-of-the-tests.pth"), `${await site(python.command)}\n`);
  const offline = ["--quiet", "--no-input", "--disable-pip-version-check", "--no-index", "--no-deps"];
  await run(command, ["-m", "pip", "install", ...offline, join(folder, wheel)], { env });
  return { command, wheel: join(folder, wheel), close: () => rm(folder, { recursive: true, force: true }) };
}
