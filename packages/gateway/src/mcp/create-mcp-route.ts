import { continueAtCapFor } from "@laplas/core";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { createMcpServer } from "./create-mcp-server.js";
import { type McpOptions, openScene, type Scene } from "./scene.js";

/** MCP over HTTP. */
export interface McpRoute {
  /** Answers a request; its end ends the call. */
  fetch(request: Request): Promise<Response>;
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** What a route has beside the tools' options. */
export interface McpRouteOptions extends Omit<McpOptions, "hostPicture" | "pictureForm" | "continueAtCap"> {
  readonly maxBodyBytes: number;
  /** Keeps a picture, and gives its address as the client of a request sees it. */
  readonly hostPicture: (bytes: Uint8Array<ArrayBuffer>, request: Request) => string | undefined;
}

/** Serves MCP's Streamable HTTP without sessions: each request is complete, so any gateway of several can answer it. */
export function createMcpRoute({ maxBodyBytes, hostPicture, ...options }: McpRouteOptions): McpRoute {
  let opening: Promise<Scene> | undefined;
  const handler = createMcpHandler(
    async ({ requestInfo: request }) => {
      opening ??= openScene({ ...options, pictureForm: "link" });
      const scene = await opening;
      if (request === undefined) return createMcpServer(scene);
      const continueAtCap = continueAtCapFor(request.headers);
      return createMcpServer({ ...scene, continueAtCap, hostPicture: (bytes) => hostPicture(bytes, request) });
    },
    { maxRequestBodySize: maxBodyBytes },
  );
  return { fetch: (request) => handler.fetch(request), close: () => handler.close() };
}
