/**
 * LiteLLM's proxy as a reader of the package's README has it today: installed, configured and started by its blocks, and one chat.
 *
 *   node scripts/run.mjs test/hosts/litellm/newest.ts
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { pythonEnvironment } from "../python.ts";
import { type ReadmeEnvironment, tryReadme } from "../try-readme.ts";
import { packageFolder } from "./clean-environment.ts";
import { openReadmeProxy } from "./readme-proxy.ts";
import { openWorldUntil } from "./worlds.ts";

const WITHIN_MS = 3 * 60_000;
const VERSIONS = `
from importlib.metadata import version
print(*(f"{name} {version(name)}" for name in ("litellm-laplas", "litellm", "openai")), sep=", ")
`;

if (import.meta.main) await tryNewestLitellm(new AbortController().signal);

/** Ends at the signal, or after three minutes, with all that it has started. */
export async function tryNewestLitellm(ending: AbortSignal): Promise<void> {
  await tryReadme({ name: "LiteLLM", packageFolder, withinMs: WITHIN_MS, ending }, askProxy);
}

async function askProxy({ folder, bin, signal, cleanUp }: ReadmeEnvironment): Promise<string> {
  const options = { cwd: folder, env: pythonEnvironment(), signal };
  const { stdout } = await promisify(execFile)(join(bin, "python"), ["-c", VERSIONS], options);
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
  const text = JSON.stringify(choices[0]?.message.content);
  return `${stdout.trim()}: its proxy says ${text}; ${answered} of ${received} calls answered upstream`;
}
