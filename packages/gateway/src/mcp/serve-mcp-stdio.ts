import type { Readable, Writable } from "node:stream";
import { StdioServerTransport, serveStdio } from "@modelcontextprotocol/server/stdio";
import { createModelFinder, type ModelNames } from "../access/model-names.js";
import type { GatewayLogger } from "../log/gateway-logger.js";
import { createRequestLog, defectFields } from "../log/request-log.js";
import { createMcpServer } from "./create-mcp-server.js";
import { createPictureFiles } from "./picture-files.js";
import { type McpOptions, openScene } from "./scene.js";

/** Options of {@link serveMcpStdio}. */
export interface McpStdioOptions extends Omit<McpOptions, "onDefect" | "hostPicture" | "findModel"> {
  /** Names of models that clients ask for, each with the one that serves it. @default {} */
  readonly modelNames?: ModelNames | undefined;
  readonly stdin: Readable;
  /** Carries the protocol, and nothing else. */
  readonly stdout: Writable;
  /** Ends the connection. */
  readonly signal: AbortSignal;
  /** Longest message, in bytes. A longer one ends the connection. @default 20_000_000 */
  readonly maxMessageBytes?: number | undefined;
  /** A pino logger, or what has its `info`, `warn` and `error`. @default none */
  readonly logger?: GatewayLogger | undefined;
}

/**
 * Serves MCP on two streams, until the input ends, the output breaks or the signal aborts. Resolves once every call that was under way has
 * ended: it is aborted then, and what it cost is put down.
 */
export async function serveMcpStdio(options: McpStdioOptions): Promise<void> {
  const { laplas, stdin, stdout, signal, logger, modelNames = {}, maxMessageBytes = 20_000_000, ...more } = options;
  const log = createRequestLog(laplas, logger);
  const files = createPictureFiles();
  const ended = Promise.withResolvers<void>();
  /** Tells of its end, which the SDK's own server for both revisions of the protocol keeps to itself. */
  class WatchedTransport extends StdioServerTransport {
    override async close(): Promise<void> {
      await super.close();
      ended.resolve();
    }
  }
  const scene = await openScene({
    laplas,
    findModel: createModelFinder(modelNames),
    hostPicture: files.keep,
    onDefect: (error) => logger?.error(defectFields(error), "defect"),
    ...more,
  });
  const transport = new WatchedTransport(stdin, stdout, { maxBufferSize: maxMessageBytes });
  const server = serveStdio(() => createMcpServer(scene), { transport });
  const stop = (): void => void server.close();
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    await ended.promise;
    await Promise.allSettled([...scene.running]);
  } finally {
    signal.removeEventListener("abort", stop);
    log.close();
    await files.remove();
  }
}
