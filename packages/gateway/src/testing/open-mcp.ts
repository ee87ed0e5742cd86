import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import type { Laplas } from "@laplas/core";
import {
  type CallToolResult,
  Client,
  type JSONRPCMessage,
  ReadBuffer,
  StreamableHTTPClientTransport,
  serializeMessage,
  type Transport,
  type VersionNegotiationMode,
} from "@modelcontextprotocol/client";
import { onTestFinished } from "vitest";
import type { Gateway } from "../create-gateway.js";
import type { GatewayLogger } from "../log/gateway-logger.js";
import { serveMcpStdio } from "../mcp/serve-mcp-stdio.js";

/** How a client speaks. */
export interface ClientSettings {
  /** @default "legacy": revision 2025-11-25 and before */
  readonly mode?: VersionNegotiationMode;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the SDK's at a gateway's `/mcp`, without a socket between. */
export async function connectHttp(
  gateway: Gateway,
  { mode = "legacy", headers = {} }: ClientSettings = {},
): Promise<Client> {
  const transport = new StreamableHTTPClientTransport(new URL("http://127.0.0.1:4114/mcp"), {
    requestInit: { headers: { host: "127.0.0.1:4114", ...headers } },
    fetch: (url, init) => gateway.fetch(new Request(url, init as RequestInit)),
  });
  return connect(transport, mode);
}

/** A server on two streams, and a client of the SDK's at their other ends. */
export interface StdioPair {
  readonly client: Client;
  readonly stdin: PassThrough;
  readonly stdout: PassThrough;
  /** Resolves when the server has ended. */
  readonly ended: Promise<void>;
  /** Ends the server as a signal would. */
  stop(): void;
}

export async function connectStdio(
  laplas: Laplas,
  { mode = "legacy", logger, progressMs }: ClientSettings & { logger?: GatewayLogger; progressMs?: number } = {},
): Promise<StdioPair> {
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  const controller = new AbortController();
  const ended = serveMcpStdio({ laplas, stdin, stdout, signal: controller.signal, logger, progressMs });
  const stop = (): void => controller.abort();
  onTestFinished(async () => {
    stop();
    await ended;
  });
  return { client: await connect(pipes(stdout, stdin), mode), stdin, stdout, ended, stop };
}

async function connect(transport: Transport, mode: VersionNegotiationMode): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

/** Two streams as a client's transport: the SDK's own starts a process. */
function pipes(input: PassThrough, output: PassThrough): Transport {
  const buffer = new ReadBuffer();
  const transport: Transport = {
    async start() {
      input.on("data", (chunk: Buffer) => {
        buffer.append(chunk);
        for (let message = buffer.readMessage(); message !== null; message = buffer.readMessage())
          transport.onmessage?.(message);
      });
    },
    async send(message: JSONRPCMessage) {
      output.write(serializeMessage(message));
      await setImmediate();
    },
    async close() {
      output.end();
      transport.onclose?.();
    },
  };
  return transport;
}

/** The texts of a result. */
export function textsOf({ content }: Pick<CallToolResult, "content">): string[] {
  return content.flatMap((block) => (block.type === "text" ? [block.text] : []));
}

/** Every way in which a client may speak: over HTTP or two streams, in the newest revision of the protocol or those of 2025. */
export const WAYS = ["http, 2025", "http, 2026", "stdio, 2025", "stdio, 2026"] as const;

export async function connectBy(
  way: (typeof WAYS)[number],
  { gateway, laplas }: { readonly gateway: Gateway; readonly laplas: Laplas },
): Promise<Client> {
  const mode = way.endsWith("2025") ? "legacy" : { pin: "2026-07-28" };
  return way.startsWith("http") ? connectHttp(gateway, { mode }) : (await connectStdio(laplas, { mode })).client;
}
