import type { Langflow } from "./open-langflow.ts";

/** What a client of MCP is told. */
export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
}

/** Keeps a flow as a tool of its project's MCP server, whose authentication is this, and calls it as a client does. */
export async function callFlowAsTool(
  langflow: Langflow,
  flow: object,
  authentication: "none" | "apikey",
): Promise<ToolAnswer> {
  const name = `ask_${crypto.randomUUID().slice(0, 8)}`;
  const kept = { ...flow, mcp_enabled: true, action_name: name, action_description: "Answers." };
  const { body: made } = await langflow.ask<{ folder_id: string }>("POST", "/api/v1/flows/", kept);
  const path = `/api/v1/mcp/project/${made.folder_id}`;
  const { status } = await langflow.ask("PATCH", path, {
    settings: [],
    auth_settings: { auth_type: authentication },
  });
  if (status !== 200) throw new Error(`Langflow did not change the authentication of its MCP server: ${status}`);
  const key = await langflow.ask<{ api_key: string }>("POST", "/api/v1/api_key/", { name });
  const send = async (method: string, params: object, id?: number): Promise<string> => {
    const response = await fetch(`${langflow.url}${path}/streamable`, {
      method: "POST",
      headers: {
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "x-api-key": key.body.api_key,
      },
      body: JSON.stringify({ jsonrpc: "2.0", method, params, ...(id === undefined ? {} : { id }) }),
    });
    return await response.text();
  };
  const client = { protocolVersion: "2025-03-26", capabilities: {}, clientInfo: { name: "tests", version: "1" } };
  await send("initialize", client, 1);
  await send("notifications/initialized", {});
  const answer = await send("tools/call", { name, arguments: { input_value: "Hello" } }, 2);
  const [, json = ""] = /^data: (.*)$/m.exec(answer) ?? [];
  const { result } = JSON.parse(json) as { result: { isError: boolean; content: { text: string }[] } };
  return { isError: result.isError, text: result.content.map(({ text }) => text).join("\n") };
}
