import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { COMMAND } from "../spawn-laplas.ts";
import { claude } from "./run-claude-code.ts";
import { codex } from "./run-codex.ts";
import { lastMessages, namesOfTools, play, serveAgent } from "./serve-agent.ts";

it("claude", async () => {
  const agent = await serveAgent({ models: { "claude-*": "gpt-4o-mini" } });
  const mcp = {
    mcpServers: {
      laplas: {
        command: process.execPath,
        args: [COMMAND, "mcp"],
        env: { LAPLAS_API_KEY: "upstream-key", LAPLAS_BASE_URL: agent.sandbox.baseURL, LAPLAS_LEDGER: "memory" },
      },
      far: { type: "http", url: `${agent.url}/mcp`, headers: { Authorization: `Bearer ${agent.token}` } },
    },
  };
  const file = join(agent.home.path, "mcp.json");
  await writeFile(file, JSON.stringify(mcp));
  play(agent, [
    { tool: "ToolSearch", values: { query: "select:mcp__laplas__draw_image,mcp__far__draw_image" } },
    { tool: "mcp__laplas__draw_image", values: { prompt: "a boat", as: "link" } },
    { tool: "mcp__far__draw_image", values: { prompt: "a boat" } },
    "Done.",
  ]);
  const out = await claude(agent, "Draw a boat", {
    flags: ["--allowedTools", "mcp__laplas,mcp__far", "--mcp-config", file, "--strict-mcp-config"],
  });
  console.log(out.code, out.stdout, out.stderr.slice(-2000));
  console.log(lastMessages(agent).slice(-3000));
  console.log(namesOfTools(agent.sandbox.requests.filter((r) => namesOfTools(r).length > 0).at(-1)!));
  console.log(agent.sandbox.counts(), await agent.calls());
  expect(1).toBe(1);
});

it("codex", async () => {
  const agent = await serveAgent();
  play(agent, [{ tool: "mcp__laplas__draw_image", values: { prompt: "a boat", as: "link" } }, "Done."]);
  const c = (key: string, value: string) => ["-c", `mcp_servers.${key}=${value}`];
  const out = await codex(agent, "Draw a boat", "gpt-4o-mini", [
    ...c("laplas.command", JSON.stringify(process.execPath)),
    ...c("laplas.args", JSON.stringify([COMMAND, "mcp"])),
    ...c(
      "laplas.env",
      `{LAPLAS_API_KEY="upstream-key", LAPLAS_BASE_URL=${JSON.stringify(agent.sandbox.baseURL)}, LAPLAS_LEDGER="memory"}`,
    ),
    ...c("far.url", JSON.stringify(`${agent.url}/mcp`)),
    ...c("far.bearer_token_env_var", '"LAPLAS_TOKEN"'),
  ]);
  console.log(out.code, out.stdout, out.stderr.slice(-3000));
  console.log(lastMessages(agent).slice(-3000));
  console.log(namesOfTools(agent.sandbox.requests.filter((r) => namesOfTools(r).length > 0).at(-1)!));
  console.log(agent.sandbox.counts(), await agent.calls());
  expect(1).toBe(1);
});
