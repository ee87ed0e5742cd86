import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bareEnvironment, startChild } from "./child.ts";

const run = promisify(execFile);
const PORTKEY = "@portkey-ai/gateway@1.15.2";

/** A server between the load and the upstream, in a process of its own. */
export interface GatewayServer {
  /** Base URL for a path of the upstream: "/v1", or "/open/v1". */
  baseURL(path: string): string;
  headers(path: string): Readonly<Record<string, string>>;
  /** Resident memory, in bytes; undefined where the system does not tell. */
  memory(): Promise<number | undefined>;
  /** Time on a processor since its start, in ms; undefined where the system does not tell. */
  cpuMs(): Promise<number | undefined>;
  end(): void;
}

/** No server between: what the load and the upstream cost themselves. */
export function direct(origin: string): GatewayServer {
  return {
    baseURL: (path) => origin + path,
    headers: () => ({}),
    memory: async () => undefined,
    cpuMs: async () => undefined,
    end: () => {},
  };
}

export async function bareProxy(origin: string): Promise<GatewayServer> {
  const child = startChild("bare-proxy-child.ts");
  const own = await child.ask<string>({ origin });
  return { baseURL: (path) => own + path, headers: () => ({}), ...usageOf(child.pid), end: child.end };
}

/** The command as a user starts it. One for each path of the upstream, since its base URL is fixed. */
export async function laplasGateway(
  origin: string,
  settings: { readonly tier: string; readonly ledger: string; readonly path: string },
): Promise<GatewayServer> {
  const command = fileURLToPath(new URL("../../packages/cli/dist/laplas.js", import.meta.url));
  const child = spawn(process.execPath, [command, "serve", "--port", "0", "--log", "off"], {
    env: {
      ...bareEnvironment(),
      LAPLAS_API_KEY: "bench",
      LAPLAS_BASE_URL: origin + settings.path,
      LAPLAS_TIER: settings.tier,
      LAPLAS_LEDGER: settings.ledger,
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [, url = ""] = await heard(child, /Base URL\s+(\S+)/);
  return { baseURL: () => url, headers: () => ({}), ...usageOf(child.pid), end: () => void child.kill() };
}

/** Installed beside, when it is measured: it is too large to be everyone's dependency. */
export async function portkey(origin: string): Promise<GatewayServer> {
  const folder = join(tmpdir(), "laplas-bench-portkey");
  const start = join(folder, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js");
  if (!existsSync(start)) {
    await mkdir(folder, { recursive: true });
    await run("npm", ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", PORTKEY]);
  }
  const port = await freePort();
  const child = spawn(process.execPath, [start, "--headless", `--port=${port}`], {
    env: bareEnvironment(),
    cwd: folder,
    stdio: ["ignore", "pipe", "ignore"],
  });
  await heard(child, /running at|ready for connections|listening/i);
  return {
    baseURL: () => `http://127.0.0.1:${port}/v1`,
    headers: (path) => ({
      authorization: "Bearer bench",
      "x-portkey-provider": "openai",
      "x-portkey-custom-host": origin + path,
    }),
    ...usageOf(child.pid),
    end: () => void child.kill(),
  };
}

/** Waits for a line that says the server is up. @throws Error if it ends first */
function heard(child: ChildProcess, line: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
        const match = line.exec(text);
        if (match !== null) resolve(match);
      });
    }
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`A server of the benchmark ended:\n${text}`)));
  });
}

function usageOf(pid: number | undefined): Pick<GatewayServer, "memory" | "cpuMs"> {
  return { memory: () => memoryOf(pid), cpuMs: () => cpuMsOf(pid) };
}

/** Linux counts in ticks, of which all its builds have 100 in a second (`getconf CLK_TCK`). */
const TICK_MS = 10;

async function cpuMsOf(pid: number | undefined): Promise<number | undefined> {
  try {
    // The name of the program comes before, and may hold blanks.
    const [, fields = ""] = (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ");
    const [user, system] = fields.split(" ").slice(11, 13).map(Number);
    return ((user ?? 0) + (system ?? 0)) * TICK_MS;
  } catch {
    return undefined;
  }
}

async function memoryOf(pid: number | undefined): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024;
  } catch {
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
