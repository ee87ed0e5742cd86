import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { expect, it, onTestFinished } from "vitest";
import type { Python } from "../python.ts";
import { MASTER_KEY, openProxy } from "./open-proxy.ts";
import { SOURCES } from "./open-worker.ts";
import { openWorld } from "./open-world.ts";
import { block, openReadmeProxy, README } from "./readme-proxy.ts";
import { sixteenADay, type World } from "./worlds.ts";

const GATEWAY = "http://127.0.0.1:4114/v1";
const HELLO = [{ role: "user" as const, content: "Hello" }];

/** The README's blocks, run as they stand: only addresses are those of the test. */
export function testReadme(python: Python): void {
  const variables = { PYTHONPATH: SOURCES, LITELLM_LOCAL_MODEL_COST_MAP: "True" };

  it("the configuration is written, and the proxy started with it answers", async ({ signal }) => {
    const world = await openWorld();
    const { client, end } = await openReadmeProxy({
      folder: await scratch(),
      litellm: `"${python.command}" -c "import sys; from litellm import run_server; sys.exit(run_server())"`,
      gatewayPort: world.port,
      variables,
      signal,
    });
    onTestFinished(end);
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

function here(code: string, world: World): string {
  expect(code).toContain(GATEWAY);
  return code.replaceAll(GATEWAY, world.baseURL).replaceAll("https://other.example/v1", world.other.baseURL);
}

async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-readme-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
