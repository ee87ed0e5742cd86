import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { expect, it, onTestFinished } from "vitest";
import { type Python, pythonEnvironment } from "../python.ts";
import { freePort, MASTER_KEY, openProxy } from "./open-proxy.ts";
import { SOURCES } from "./open-worker.ts";
import { openWorld } from "./open-world.ts";
import { sixteenADay, type World } from "./worlds.ts";

const README = readFileSync(new URL("../../../packages/litellm/README.md", import.meta.url), "utf8");
const LAPLAS = fileURLToPath(new URL("../../../packages/cli/dist/laplas.js", import.meta.url));
const GATEWAY = "http://127.0.0.1:4114/v1";
const HELLO = [{ role: "user" as const, content: "Hello" }];

/** The README's blocks, run as they stand: only addresses are those of the test. */
export function testReadme(python: Python): void {
  const variables = { PYTHONPATH: SOURCES, LITELLM_LOCAL_MODEL_COST_MAP: "True" };

  it("the configuration is written, and the proxy started with it answers", async () => {
    const world = await openWorld();
    const folder = await scratch();
    const port = await freePort();
    // What is on an operator's PATH. The port is the test's; 4000 may be taken.
    await program(folder, "laplas", `exec "${process.execPath}" "${LAPLAS}" "$@"`);
    const server = `echo "key $LITELLM_MASTER_KEY"; exec "${python.command}" -c "import sys; from litellm import run_server; sys.exit(run_server())"`;
    await program(folder, "litellm", `${server} "$@" --host 127.0.0.1 --port ${port} --telemetry False`);
    const env = pythonEnvironment({ ...variables, HOME: folder, LAPLAS_PORT: String(world.port) });
    const path = [folder, env.PATH].join(delimiter);
    const script = block("sh", "laplas litellm-config");
    const shell = spawn("sh", ["-e", "-c", script], {
      cwd: folder,
      env: { ...env, PATH: path },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const closed = once(shell, "close");
    onTestFinished(async () => {
      // The proxy is the shell's child, so both end as the group that they are.
      if (shell.pid !== undefined && shell.exitCode === null) process.kill(-shell.pid, "SIGTERM");
      await closed;
    });
    let told = "";
    await new Promise<void>((resolve, reject) => {
      for (const stream of [shell.stdout, shell.stderr]) {
        stream.setEncoding("utf8").on("data", (piece: string) => {
          told += piece;
          if (told.includes("Application startup complete")) resolve();
        });
      }
      void closed.then(() => reject(new Error(told)));
    });
    const [, key = ""] = /^key (sk-[0-9a-f]{64})$/m.exec(told) ?? [];
    const client = new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: key });
    const { choices } = await client.chat.completions.create({ model: "laplas/gpt-4o-mini", messages: HELLO });
    expect(choices[0]?.message.content).toContain("Hello");
    expect(world.sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
  });

  it("one variable sends aiml/ through the gateway", async () => {
    const world = await openWorld();
    const exported = [...block("sh", "AIML_API_BASE").matchAll(/(AIML_\w+)=(\S+)/g)].map(([, name, value]) => [
      name,
      value,
    ]);
    const given = here(JSON.stringify(Object.fromEntries(exported)), world);
    const { stdout, stderr, code } = await python.run(["-c", block("python", "aiml/")], {
      ...variables,
      ...JSON.parse(given),
    });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Hello");
    expect(world.sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
  });

  it("laplas/ is called after one line", async () => {
    const world = await openWorld();
    const gateway = { ...variables, LAPLAS_GATEWAY_URL: world.baseURL };
    const { stdout, stderr, code } = await python.run(["-c", block("python", "register()")], gateway);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Hello");
    expect(world.sandbox.counts()).toMatchObject({ received: 1, answered: 1 });
  });

  it("the callback in a Router: first an answer, then the fallback or the reason", async () => {
    const world = await openWorld(sixteenADay());
    const code = here(block("python", "LaplasCallback"), world);
    // Patient, so that a slow machine doesn't look like a gateway that is away.
    const patient = code.replace("gateway_url=GATEWAY", "gateway_url=GATEWAY, timeout_seconds=30");
    const run = await python.run(["-c", patient], variables);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/Hello[\s\S]*\nFalse daily_quota \d{4}-\d\d-\d\d 00:00:02\+00:00\n/);
    expect(world.refusals()).toBe(0);
    expect(world.sandbox.counts()).toMatchObject({ received: 1, refused: 0 });
  });

  it("the configuration that is written by hand is one, and its callback asks", async () => {
    const world = await openWorld();
    const proxy = await openProxy({
      command: python.command,
      config: here(block("yaml", "callbacks"), world),
      variables,
    });
    onTestFinished(proxy.end);
    const client = new OpenAI({ baseURL: proxy.baseURL, apiKey: MASTER_KEY });
    const { choices } = await client.chat.completions.create({ model: "chat", messages: HELLO });
    expect(choices[0]?.message.content).toContain("Hello");
    expect(world.checks()).toBe(1);
  });

  it("names every setting of the callback, with its default", async () => {
    const program = `import inspect, json
from litellm_laplas import LaplasCallback
print(json.dumps({name: each.default for name, each in inspect.signature(LaplasCallback).parameters.items()}))`;
    const { stdout } = await python.run(["-c", program], variables);
    const defaults = JSON.parse(stdout) as Record<string, number | null>;
    expect(Object.keys(defaults)).toHaveLength(5);
    for (const [name, value] of Object.entries(defaults)) {
      const [, shown = ""] = new RegExp(`^\\| \`${name}\` \\|[^|]*\\|([^|]*)\\|`, "m").exec(README) ?? [];
      expect(shown.trim(), name).toMatch(value === null ? /./ : new RegExp(`^${value}$`));
    }
  });

  it("every block is run by one of these tests, but for the installation", () => {
    const blocks = [...README.matchAll(/^```(\w+)\n/gm)].map(([, language]) => language);
    expect(blocks).toEqual(["sh", "sh", "sh", "python", "python", "python", "yaml"]);
  });
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

function here(code: string, world: World): string {
  expect(code).toContain(GATEWAY);
  return code.replaceAll(GATEWAY, world.baseURL).replaceAll("https://other.example/v1", world.other.baseURL);
}

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-readme-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function program(folder: string, name: string, line: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}
