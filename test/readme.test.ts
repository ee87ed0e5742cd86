import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createSandbox } from "@laplas/sandbox";
import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
// Programs run from here, where the packages and the SDKs can be imported by name.
const here = fileURLToPath(new URL(".", import.meta.url));
const TEXTS = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/architecture.md",
  "docs/benchmarks.md",
  "packages/core/README.md",
  "packages/gateway/README.md",
];

/** Runs a block as a program of its own, which knows of the sandbox by environment only. */
async function program(code: string): Promise<{ stdout: string; refused: number }> {
  const sandbox = await createSandbox();
  const env = {
    PATH: process.env.PATH,
    LAPLAS_API_KEY: "readme",
    LAPLAS_BASE_URL: sandbox.baseURL,
    LAPLAS_LEDGER: "memory",
  };
  try {
    const args = ["--experimental-strip-types", "--no-warnings", "--input-type=module-typescript", "--eval", code];
    const { stdout } = await run(process.execPath, args, { cwd: here, env });
    return { stdout, refused: sandbox.counts().refused };
  } finally {
    await sandbox.close();
  }
}

function blocks(file: string, language: string): [number, string][] {
  const text = readFileSync(join(root, file), "utf8");
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm");
  return [...text.matchAll(pattern)].map(([, code = ""], index) => [index + 1, code]);
}

/** A diff as it is afterwards. */
function afterwards(diff: string): string {
  return diff
    .split("\n")
    .filter((line) => !line.startsWith("-"))
    .map((line) => line.slice(1))
    .join("\n");
}

describe.each(TEXTS)("%s", (file) => {
  it.each(blocks(file, "ts"))("block %i runs, and prints what its comments say", async (_, code) => {
    const { stdout, refused } = await program(code);
    for (const [, promised = ""] of code.matchAll(/^console\.log\(.*\/\/ (.*)$/gm)) expect(stdout).toContain(promised);
    expect(refused).toBe(0);
  });

  it.each(blocks(file, "diff"))("diff %i runs afterwards", async (_, diff) => {
    const { refused } = await program(afterwards(diff));
    expect(refused).toBe(0);
  });

  it("links to files that are there", () => {
    const text = readFileSync(join(root, file), "utf8");
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      expect(existsSync(join(root, dirname(file), target)), target).toBe(true);
    }
  });
});

it("no README promises more than one screen can hold: 150 lines", () => {
  const readmes = [
    ...TEXTS,
    ...["langchain", "langflow", "litellm", "sandbox"].map((name) => `packages/${name}/README.md`),
  ];
  for (const file of readmes.filter((name) => name !== "docs/benchmarks.md"))
    expect(readFileSync(join(root, file), "utf8").split("\n").length).toBeLessThanOrEqual(151);
});
