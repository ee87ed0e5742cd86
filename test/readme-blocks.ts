import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createSandbox } from "@laplas/sandbox";

const run = promisify(execFile);
// Programs run from here, where the packages and the SDKs can be imported by name.
const here = fileURLToPath(new URL(".", import.meta.url));

/** How a program ended that was right. */
export interface ProgramEnd {
  readonly stdout: string;
  readonly stderr: string;
  /** By the sandbox. */
  readonly refused: number;
}

/** Runs a block as a program of its own, which knows of the sandbox by environment only. @throws if it ends with an error */
export async function runProgram(code: string, variables: Readonly<Record<string, string>> = {}): Promise<ProgramEnd> {
  const sandbox = await createSandbox();
  const env = {
    PATH: process.env.PATH,
    LAPLAS_API_KEY: "readme",
    LAPLAS_BASE_URL: sandbox.baseURL,
    LAPLAS_LEDGER: "memory",
    ...variables,
  };
  try {
    const args = ["--experimental-strip-types", "--input-type=module-typescript", "--eval", code];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: here, env });
    return { stdout, stderr, refused: sandbox.counts().refused };
  } finally {
    await sandbox.close();
  }
}

/** The blocks of a text in one language, each with its number. */
export function blocksOf(text: string, language: string): [number, string][] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm");
  return [...text.matchAll(pattern)].map(([, code = ""], index) => [index + 1, code]);
}

/** What a block's comments say that it prints. */
export function promisesOf(code: string): string[] {
  return [...code.matchAll(/^console\.log\(.*\/\/ (.*)$/gm)].map(([, promised = ""]) => promised);
}

/** A diff as it is afterwards. */
export function afterwards(diff: string): string {
  return diff
    .split("\n")
    .filter((line) => !line.startsWith("-"))
    .map((line) => line.slice(1))
    .join("\n");
}
