import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { blocksOf } from "../readme-blocks.ts";
import { COMMAND } from "../spawn-laplas.ts";
import { claude } from "./run-claude-code.ts";
import { codex } from "./run-codex.ts";
import { lastMessages, play, type ServedAgent, serveAgent } from "./serve-agent.ts";

const page = readFileSync(new URL("../../docs/mcp.md", import.meta.url), "utf8");
const blocks = (language: string): string[] => blocksOf(page, language).map(([, code]) => code);

/** Each way with its blocks, in the order of the page. */
const WAYS = [
  ["laplas mcp", 0],
  ["the gateway's /mcp", 1],
] as const;
const TOOL = "mcp__laplas__draw_image";
const BOAT = { prompt: "a boat", size: "256x256" };

/** The tools' server and the gateway that answers the agent keep one account, as on anybody's machine. */
async function openAgent(): Promise<ServedAgent & { readonly variables: Readonly<Record<string, string>> }> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-mcp-host-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  const ledger = `sqlite:${join(folder, "ledger.sqlite")}`;
  const agent = await serveAgent({ models: { "claude-*": "gpt-4o-mini" }, ledger });
  // The key comes by the variable that the page names.
  const { apiKey, ...config } = JSON.parse(await readFile(join(agent.home.path, "laplas.config.json"), "utf8"));
  await writeFile(join(agent.home.path, "tools.config.json"), JSON.stringify(config));
  return { ...agent, variables: { LAPLAS_API_KEY: apiKey, LAPLAS_TOKEN: agent.token } };
}

/** A block as the page has it, but for the program and the address, which are this test's own. */
function own(block: string | undefined, { home, url }: ServedAgent, flags: readonly string[] = []): string {
  const args = [COMMAND, "mcp", "--config", join(home.path, "tools.config.json"), ...flags];
  return (block ?? "")
    .replace('"npx"', JSON.stringify(process.execPath))
    .replace('["laplas", "mcp"]', JSON.stringify(args))
    .replace("http://127.0.0.1:4114", url);
}

async function askClaude(agent: Awaited<ReturnType<typeof openAgent>>, config: string) {
  const file = join(agent.home.path, "mcp.json");
  await writeFile(file, config);
  const flags = ["--allowedTools", "mcp__laplas", "--mcp-config", file, "--strict-mcp-config"];
  return claude(agent, "Draw a boat", { flags, variables: agent.variables });
}

describe.each(WAYS)("by %s, as the page configures it", (_, place) => {
  it("Claude Code draws a picture and goes on", async () => {
    const agent = await openAgent();
    const search = { tool: "ToolSearch", values: { query: `select:${TOOL}` } };
    play(agent, [search, { tool: TOOL, values: { ...BOAT, as: "link" } }, "The boat is drawn."]);
    const { stdout, code } = await askClaude(agent, own(blocks("json")[place], agent));
    expect([code, stdout.trim()]).toEqual([0, "The boat is drawn."]);
    expect(lastMessages(agent)).toMatch(/"url\\":\\"http\S+\/images\//);
    expect(agent.sandbox.counts()).toMatchObject({ received: 4, answered: 4, refused: 0 });
    expect(agent.attempts).toEqual([]);
  });

  it("Codex draws a picture and goes on", async () => {
    const agent = await openAgent();
    play(agent, [{ tool: TOOL, values: BOAT }, "The boat is drawn."]);
    const more = { settings: own(blocks("toml")[place], agent), variables: agent.variables };
    const { stdout, code } = await codex(agent, "Draw a boat", "gpt-4o-mini", [], more);
    expect([code, stdout.trim()]).toEqual([0, "The boat is drawn."]);
    // It shows its model the structured result alone.
    expect(lastMessages(agent)).toMatch(/Output:\\n\{\\"images\\":\[\{\\"url\\":\\"http\S+\/images\//);
    expect(agent.sandbox.counts()).toMatchObject({ received: 3, answered: 3, refused: 0 });
    expect(agent.attempts).toEqual([]);
  });

  it("Codex hears of a model that there is not, and goes on", async () => {
    const agent = await openAgent();
    play(agent, [{ tool: TOOL, values: { ...BOAT, model: "nobody-draws-1" } }, "There is no such model."]);
    const more = { settings: own(blocks("toml")[place], agent), variables: agent.variables };
    const { stdout, code } = await codex(agent, "Draw a boat", "gpt-4o-mini", [], more);
    expect([code, stdout.trim()]).toEqual([0, "There is no such model."]);
    expect(lastMessages(agent)).toContain("Do not retry: ");
    expect(agent.sandbox.counts()).toMatchObject({ received: 2, answered: 2 });
  });
});

describe("Claude Code on a model that takes no images", () => {
  const draw = { tool: TOOL, values: BOAT };
  const search = { tool: "ToolSearch", values: { query: `select:${TOOL}` } };

  it("loses its turn by a picture", async () => {
    const agent = await openAgent();
    play(agent, [search, draw, "The boat is drawn."]);
    const { stdout, code } = await askClaude(agent, own(blocks("json")[0], agent));
    expect(code).toBe(1);
    expect(stdout).toMatch(/holds a part of type "image"/);
  });

  it("goes on with --pictures link", async () => {
    const agent = await openAgent();
    play(agent, [search, draw, "The boat is drawn."]);
    const { stdout, code } = await askClaude(agent, own(blocks("json")[0], agent, ["--pictures", "link"]));
    expect([code, stdout.trim()]).toEqual([0, "The boat is drawn."]);
  });
});
