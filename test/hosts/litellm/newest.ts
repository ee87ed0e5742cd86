/**
 * LiteLLM's proxy as a reader of the package's README has it today: the pip line in a fresh environment, with the wheel of this checkout,
 * so with the newest LiteLLM that pip finds for it; then the configuration, the proxy and one chat. It prints what came of it, and never
 * fails: a version that others published is no fault of a change here.
 *
 *   node scripts/run.mjs test/hosts/litellm/newest.ts
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findPython, pythonEnvironment } from "../python.ts";
import { runGroup } from "../run-group.ts";
import { packageFolder } from "./clean-environment.ts";
import { block, openReadmeProxy } from "./readme-proxy.ts";
import { type CleanUp, openWorldUntil } from "./worlds.ts";

const WITHIN_MS = 3 * 60_000;
const VERSIONS = `
from importlib.metadata import version
print("newest LiteLLM, by the README:", *(f"{name} {version(name)}" for name in ("litellm-laplas", "litellm", "openai")))
`;

if (import.meta.main) await tryNewestLitellm(new AbortController().signal);

/** Ends at the signal, or after three minutes, with all that it has started. */
export async function tryNewestLitellm(ending: AbortSignal): Promise<void> {
  const signal = AbortSignal.any([ending, AbortSignal.timeout(WITHIN_MS)]);
  const works: (() => Promise<void>)[] = [];
  try {
    say(await answer(signal, (work) => void works.unshift(work)));
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    say(signal.aborted ? "not done in time" : said);
  } finally {
    for (const work of works) await work().catch((error: Error) => say(error.message));
  }
}

/** @returns what the proxy answered */
async function answer(signal: AbortSignal, cleanUp: CleanUp): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-newest-litellm-"));
  cleanUp(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const bin = join(folder, "environment", "bin");
  const wheels = join(folder, "wheels");
  const { PATH = "", ...bare } = pythonEnvironment();
  const pip = { PIP_QUIET: "1", PIP_NO_INPUT: "1", PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_FIND_LINKS: wheels };
  const env = { ...bare, ...pip, PATH: [bin, PATH].join(delimiter) };
  const run = async (command: string, args: readonly string[]): Promise<void> => {
    const code = await runGroup(command, args, signal, { cwd: folder, env });
    if (code !== 0) throw new Error(`${command} ${args.join(" ").trim()} ended with ${code}`);
  };

  const found = await findPython();
  if (found === undefined) throw new Error("there is no Python 3.11 or later with venv");
  await run(found.command, ["-m", "venv", join(folder, "environment")]);
  await run("pip", ["wheel", "--no-deps", "--wheel-dir", wheels, packageFolder]);
  await run("sh", ["-e", "-c", block("sh", "pip install")]);
  await run("python", ["-c", VERSIONS]);

  const world = await openWorldUntil(cleanUp);
  const { client, end } = await openReadmeProxy({
    folder,
    litellm: `"${join(bin, "litellm")}"`,
    gatewayPort: world.port,
    variables: { LITELLM_LOCAL_MODEL_COST_MAP: "True" },
    signal,
  });
  cleanUp(end);
  const messages = [{ role: "user" as const, content: "Hello" }];
  const { choices } = await client.chat.completions.create({ model: "laplas/gpt-4o-mini", messages }, { signal });
  const { received, answered } = world.sandbox.counts();
  return `its proxy says ${JSON.stringify(choices[0]?.message.content)}; ${answered} of ${received} calls answered upstream`;
}

function say(result: string): void {
  console.log(`newest LiteLLM, by the README: ${result}`);
}
