import { McpServer } from "@modelcontextprotocol/server";
import type { Scene } from "./scene.js";
import { TOOLS } from "./tools.js";
import { VERSION } from "./version.js";

/** Creates a server for one connection, or of HTTP for one request: the tools, each on the engine. */
export function createMcpServer(scene: Scene): McpServer {
  const titles = scene.laplas.providers.map(({ tier }) => tier.title);
  const instructions = `Models and pictures of ${titles.join(", ")}. quota says what is left, plan what a job needs. An error says first whether and when to call again.`;
  const server = new McpServer(
    { name: "laplas", title: "laplas", version: VERSION },
    // Its tools never change, so nobody needs to listen for that.
    { capabilities: { tools: { listChanged: false } }, instructions },
  );
  for (const addTool of TOOLS) addTool(server, scene);
  return server;
}
