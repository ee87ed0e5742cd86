import { createModelFinder } from "../access/model-names.js";
import type { ResolvedGatewayOptions } from "../gateway-options.js";
import type { McpRoute } from "../mcp/create-mcp-route.js";
import type { PictureStore } from "../pictures/picture-store.js";

/** `/mcp`: the tools of the MCP server over HTTP. */
export interface McpAnswer {
  fetch(request: Request): Promise<Response>;
  close(): void;
}

/** The protocol's library is loaded with the first request: most gateways never get one. */
export function createMcpAnswer(
  { laplas, modelNames, maxBodyBytes, publicURL, now }: ResolvedGatewayOptions,
  pictures: PictureStore,
  onDefect: (error: unknown) => void,
): McpAnswer {
  let opening: Promise<McpRoute> | undefined;
  const open = async (): Promise<McpRoute> => {
    const { createMcpRoute } = await import("../mcp/create-mcp-route.js");
    return createMcpRoute({
      laplas,
      findModel: createModelFinder(modelNames),
      maxBodyBytes,
      now,
      onDefect,
      hostPicture(bytes, { url }) {
        const name = pictures.keep(bytes);
        return name === undefined ? undefined : `${publicURL ?? new URL(url).origin}/images/${name}`;
      },
    });
  };
  return {
    async fetch(request) {
      // What failed once is tried again with the next request.
      opening ??= open().catch((error) => {
        opening = undefined;
        throw error;
      });
      const response = await (await opening).fetch(request);
      response.headers.set("x-request-id", crypto.randomUUID());
      return response;
    },
    close: () =>
      void opening?.then(
        (route) => route.close(),
        () => {},
      ),
  };
}
