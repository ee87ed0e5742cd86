import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { pythonEnvironment } from "../python.ts";
import { type Installed, packageFolder } from "./install-wheel.ts";
import type { Langflow } from "./open-langflow.ts";
import type { Stage } from "./open-stage.ts";
import { bringAbout, troubles } from "./troubles.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const README = readFileSync(join(packageFolder, "README.md"), "utf8");
const GATEWAY = "http://127.0.0.1:4114";

/** The README's blocks, run as they stand: only the gateway's address is that of the test. */
export function testReadme(stand: () => { installed: Installed; stage: Stage }): void {
  const shell = async (script: string): Promise<string> => {
    const { installed, stage } = stand();
    const folder = await mkdtemp(join(tmpdir(), "laplas-readme-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    // What a user has on the PATH.
    for (const [name, module] of [
      ["lfx", "-m lfx"],
      ["python", ""],
    ]) {
      await writeFile(join(folder, String(name)), `#!/bin/sh\nexec "${installed.command}" ${module} "$@"\n`);
      await chmod(join(folder, String(name)), 0o755);
    }
    const env = pythonEnvironment({ DO_NOT_TRACK: "true", PYTHONSAFEPATH: "1" });
    const path = [folder, env.PATH].join(delimiter);
    expect(script).toContain(GATEWAY);
    const { stdout } = await run("sh", ["-e", "-c", script.replaceAll(GATEWAY, stage.url)], {
      cwd: root,
      env: { ...env, PATH: path },
    });
    return stdout;
  };

  it("lfx run answers", async () => {
    const { posts } = await stand().stage.play();
    expect(await shell(block("sh", "lfx run"))).toContain("Hello there!");
    expect(posts()).toHaveLength(1);
  });

  it("the provider answers in a program", async () => {
    const { installed, stage } = stand();
    const { posts } = await stage.play();
    const env = pythonEnvironment({ LAPLAS_GATEWAY_URL: stage.url });
    const { stdout } = await run(installed.command, ["-c", block("python", "get_llm")], { cwd: "/", env });
    expect(stdout).toContain("Hello there!");
    expect(posts()).toHaveLength(1);
  });

  it("the script for single files writes what the README names", async () => {
    const { installed } = stand();
    const folder = await mkdtemp(join(tmpdir(), "laplas-one-file-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const script = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts["langflow:paste"] as string;
    const [, program = ""] = /^python3 (\S+)$/.exec(script) ?? [];
    const { stdout } = await run(installed.command, [join(root, program), folder], { env: pythonEnvironment() });
    const [, named = ""] = /LANGFLOW_COMPONENTS_PATH=packages\/langflow\/dist\/(\S+)/.exec(README) ?? [];
    expect(stdout).toContain(join(folder, named, "laplas", "laplas.py"));
    expect(README).toContain("npm run langflow:paste");
  });

  it("every block is run by a test, but for the installation", () => {
    const blocks = [...README.matchAll(/^```(\w+)\n/gm)].map(([, language]) => language);
    expect(blocks).toEqual(["sh", "sh", "json", "sh", "python"]);
  });

  it("links to files that are there, and its pictures are small", () => {
    for (const [, target = ""] of README.matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const path = join(packageFolder, target);
      expect(existsSync(path), target).toBe(true);
      if (target.endsWith(".png")) expect(statSync(path).size, target).toBeLessThan(200_000);
    }
  });

  it("has at most 150 lines", () => {
    expect(README.split("\n").length).toBeLessThanOrEqual(151);
  });
}

/** What the README shows of Langflow's HTTP API. */
export function testReadmeError(stand: () => { langflow: Langflow; stage: Stage }, flow: () => object): void {
  it("shows an error as Langflow's HTTP API gives it", async () => {
    const spent = troubles().find(({ name }) => name === "a spent day");
    if (spent === undefined) throw new Error("no such trouble");
    const { langflow, stage } = stand();
    const id = await langflow.keep(flow());
    const { end } = await bringAbout(spent, stage.play);
    const { detail } = await langflow.run(id, "Hello");
    await end();
    const shown = JSON.parse(block("json", "retry_after")).detail;
    expect(shapeOf(shown)).toEqual(shapeOf(detail));
    const [beginning = ""] = String(shown.message).split("(50000");
    expect((detail as { message: string }).message.startsWith(beginning)).toBe(true);
    // One clock for both, so the time to the reset is the same.
    expect(detail).toMatchObject({ error_code: shown.error_code, retry_after: shown.retry_after });
  });
}

/** The names of all fields and the types of their values. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
}

/** The block of this language that holds this text. */
function block(language: string, text: string): string {
  const blocks = [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
  const found = blocks.find((code) => code.includes(text));
  if (found === undefined) throw new Error(`the README has no ${language} block with ${text}`);
  return found;
}
