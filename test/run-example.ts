import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Where the examples lie. */
export const examples: string = fileURLToPath(new URL("../examples/", import.meta.url));

/** A bare environment: no key of the user who runs the tests, no color; and it is noon in it. */
export const environment: Readonly<Record<string, string>> = {
  NO_COLOR: "1",
  NODE_OPTIONS: `--import ${new URL("at-noon.mjs", import.meta.url)}`,
};

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };

/** Runs an example to its end, in a folder that is nobody's. */
export async function runExample(file: string, ...args: string[]): Promise<Outcome> {
  return runExampleWith({}, file, ...args);
}

/** The same, with variables. */
export async function runExampleWith(
  variables: Record<string, string>,
  file: string,
  ...args: string[]
): Promise<Outcome> {
  const options = { env: { ...env, ...variables }, cwd: tmpdir() };
  try {
    return { ...(await run(process.execPath, [join(examples, file), ...args], options)), code: 0 };
  } catch (error) {
    const { stdout, stderr, code } = error as { stdout: string; stderr: string; code: number };
    return { stdout, stderr, code };
  }
}

/** What stands in a file's second to fourth byte: of a PNG, its name. */
export async function beginningOf(path: string): Promise<string> {
  return (await readFile(path)).toString("latin1", 1, 4);
}

// The examples are TypeScript run by Node itself, which Node 22 does not do by default.
export const runsTypeScript: boolean = Number(process.versions.node.split(".")[0]) >= 24;
