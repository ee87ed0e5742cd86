/**
 * The Python clients in their newest versions, to hear early of what a new one sends. It installs from nothing, so it is bounded
 * in time; it prints what came of it, and never fails: a version that others published is no fault of a change here.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { openPython } from "./python.ts";

const NAMES = ["clients", "clients-openai-2", "aider"];
const FILES = ["clients-of-families", "llm", "aider"].map((name) => `test/hosts/${name}.test.ts`);
const WITHIN_MS = 10 * 60_000;

const cache = await mkdtemp(join(tmpdir(), "laplas-newest-"));
// pip keeps what it has downloaded all the same.
process.env.PIP_CACHE_DIR ??= join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pip");
process.env.XDG_CACHE_HOME = cache;
process.env.LAPLAS_TESTS_NEWEST = "1";

const giveUp = setTimeout(() => void finish(`not done after ${WITHIN_MS / 60_000} minutes`), WITHIN_MS);
let tests: ReturnType<typeof spawn> | undefined;
try {
  for (const name of NAMES) await report(name);
  tests = spawn("vitest", ["run", "--project", "hosts", ...FILES], { stdio: "inherit" });
  const code = await new Promise((resolve, reject) => tests?.on("close", resolve).on("error", reject));
  await finish(code === 0 ? "all passed" : "some failed, see above; CI goes on");
} catch (error) {
  await finish(`could not be run: ${error instanceof Error ? error.message : String(error)}`);
}

/** Which versions an environment got. */
async function report(name: string): Promise<void> {
  const python = await openPython(name);
  if (python === undefined) return;
  const { stdout } = await python.run(["-m", "pip", "--disable-pip-version-check", "list", "--not-required"]);
  console.log(`${name}: ${stdout.trim().split("\n").slice(2).join(", ").replace(/ +/g, " ")}`);
}

async function finish(result: string): Promise<void> {
  clearTimeout(giveUp);
  tests?.kill();
  console.log(`newest Python clients: ${result}`);
  await rm(cache, { recursive: true, force: true, maxRetries: 3 });
  process.exit(0);
}
