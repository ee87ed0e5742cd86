import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox, type Sandbox } from "@laplas/sandbox";
import { Client, StreamableHTTPClientTransport, type VersionNegotiationMode } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { onTestFinished } from "vitest";
import { COMMAND } from "../spawn-laplas.ts";

/** The protocol's revisions. */
export const REVISIONS: readonly (readonly [string, VersionNegotiationMode])[] = [
  ["2025", "legacy"],
  ["2026-07-28", { pin: "2026-07-28" }],
];

export const KEY = "upstream-key-9c41";

/** A sandbox, and an account on disk that several processes share. */
export interface Place {
  readonly sandbox: Sandbox;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export async function openPlace(): Promise<Place> {
  const sandbox = await createSandbox();
  const folder = await mkdtemp(join(tmpdir(), "laplas-mcp-test-"));
  onTestFinished(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  const environment = {
    PATH: process.env.PATH ?? "",
    HOME: folder,
    LAPLAS_API_KEY: KEY,
    LAPLAS_BASE_URL: sandbox.baseURL,
    LAPLAS_LEDGER: `sqlite:${join(folder, "ledger.sqlite")}`,
  };
  return { sandbox, folder, environment };
}

/** A client of `laplas mcp` in a process of its own, which the SDK starts. */
export interface SpawnedServer {
  readonly client: Client;
  readonly transport: StdioClientTransport;
  stderr(): string;
}

export async function connectCommand(
  { folder, environment }: Place,
  mode: VersionNegotiationMode = "legacy",
  flags: readonly string[] = [],
): Promise<SpawnedServer> {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [COMMAND, "mcp", ...flags],
    cwd: folder,
    env: { ...environment },
    stderr: "pipe",
  });
  let printed = "";
  transport.stderr?.on("data", (piece: Buffer) => {
    printed += piece.toString();
  });
  return { client: await connect(transport, mode), transport, stderr: () => printed };
}

export function connectAddress(url: string, mode: VersionNegotiationMode = "legacy", token?: string): Promise<Client> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } }), mode);
}

async function connect(
  transport: StdioClientTransport | StreamableHTTPClientTransport,
  mode: VersionNegotiationMode,
): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}
