import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** A real server of a test's own. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Ends the server at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same port, with what it has written to disk. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const INSTALL = "apt-get install redis-server";

/** Whether redis-server is here. Where it is not, one line says so, and in CI that is a failure. */
export function hasRedis(): boolean {
  try {
    execFileSync("redis-server", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    const message = `!! redis-server is missing, so the Redis ledger was not tested: ${INSTALL}`;
    if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
    console.error(message);
    return false;
  }
}

/** @param isPersistent whether every write is on disk before it is answered */
export async function startRedis({ isPersistent = false } = {}): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), "laplas-redis-"));
  const args = ["--bind", "127.0.0.1", "--dir", directory, "--save", "", "--daemonize", "no"];
  const persistence = isPersistent ? ["--appendonly", "yes", "--appendfsync", "always"] : [];
  const started = await startOnFreePort([...args, ...persistence]);
  const { port } = started;
  let { child } = started;
  const end = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get process() {
      return child;
    },
    kill: end,
    async restart() {
      await end();
      child = await start([...args, ...persistence], port);
    },
    async stop() {
      await end();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Between finding a free port and taking it, another process may take it. */
async function startOnFreePort(
  args: readonly string[],
  triesLeft = 5,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const port = await freePort();
  try {
    return { child: await start(args, port), port };
  } catch (error) {
    if (triesLeft <= 1) throw error;
    return startOnFreePort(args, triesLeft - 1);
  }
}

async function start(args: readonly string[], port: number): Promise<ChildProcess> {
  const child = spawn("redis-server", ["--port", String(port), ...args], { stdio: "ignore" });
  const client = new Redis({ port, retryStrategy: () => 10, maxRetriesPerRequest: null, lazyConnect: true });
  client.on("error", () => {});
  try {
    await Promise.race([
      // Also that it is this server which answers on the port.
      answersFrom(client, child),
      once(child, "exit").then(() => Promise.reject(new Error(`redis-server ended at once, on port ${port}`))),
    ]);
  } finally {
    client.disconnect();
  }
  return child;
}

async function answersFrom(client: Redis, child: ChildProcess): Promise<void> {
  const [, process] = /^process_id:(\d+)/m.exec(await client.info("server")) ?? [];
  if (Number(process) !== child.pid) await new Promise(() => {});
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
