/**
 * The MCP server for programs that start one: the tools `draw_image`, `ask_model`, `embed_texts`, `quota` and `plan` on an engine, over two
 * streams. Over HTTP a gateway serves them at `/mcp`.
 */
export type { PictureForm } from "./mcp/scene.js";
export { type McpStdioOptions, serveMcpStdio } from "./mcp/serve-mcp-stdio.js";
