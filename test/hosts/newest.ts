/**
 * Langflow, LiteLLM and the Python clients in their newest versions, to hear early of what a new one sends. It installs from nothing, so it
 * is bounded in time; it prints what came of it, and never fails: a version that others published is no fault of a change here.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { tryNewestLangflow } from "./langflow/newest.ts";
import { tryNewestLitellm } from "./litellm/newest.ts";
import { openPython } from "./python.ts";
import { runGroup } from "./run-group.ts";

const NAMES = ["clients", "clients-openai-2", "aider", "litellm"];
const FILES = ["clients-of-families", "responses-clients", "messages-clients", "llm", "aider", "litellm"].map(
  (name) => `test/hosts/${name}.test.ts`,
);
const WITHIN_MS = 6 * 60_000;

if (process.argv[2] === "install") await Promise.all(NAMES.map(install));
else await run();

async function run(): Promise<void> {
  const cache = await mkdtemp(join(tmpdir(), "laplas-newest-"));
  // pip keeps what it has downloaded all the same.
  process.env.PIP_CACHE_DIR ??= join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pip");
  process.env.XDG_CACHE_HOME = cache;
  process.env.LAPLAS_TESTS_NEWEST = "1";
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(`not done after ${WITHIN_MS / 60_000} minutes`), WITHIN_MS);
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => ending.abort(`ended by ${name}`));
  try {
    await tryNewestLangflow(ending.signal);
    await tryNewestLitellm(ending.signal);
    const installed = await runGroup(process.execPath, [fileURLToPath(import.meta.url), "install"], ending.signal);
    const code = installed === 0 ? await runGroup("vitest", ["run", "--project", "hosts", ...FILES], ending.signal) : 1;
    const failure = installed === 0 ? "some failed, see above" : "could not be installed, see above";
    say(ending.signal.reason ?? (code === 0 ? "all passed" : `${failure}; CI goes on`));
  } catch (error) {
    say(`could not be run: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
    await rm(cache, { recursive: true, force: true, maxRetries: 3 }).catch((error: Error) => say(error.message));
  }
}

/** Makes an environment, and prints which versions it got. */
async function install(name: string): Promise<void> {
  const python = await openPython(name);
  if (python === undefined) return;
  const { stdout } = await python.run(["-m", "pip", "--disable-pip-version-check", "list", "--not-required"]);
  console.log(`${name}: ${stdout.trim().split("\n").slice(2).join(", ").replace(/ +/g, " ")}`);
}

function say(result: string): void {
  console.log(`newest Python clients: ${result}`);
}
