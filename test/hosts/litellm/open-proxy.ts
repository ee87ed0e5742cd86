import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pythonEnvironment } from "../python.ts";

export const MASTER_KEY = "sk-master-key-of-the-tests";

/** LiteLLM's proxy. */
export interface LitellmProxy {
  readonly url: string;
  /** What an OpenAI client takes. */
  readonly baseURL: string;
  /** What it printed so far. */
  log(): string;
  end(): Promise<void>;
}

export interface ProxyOptions {
  /** Interpreter of an environment with LiteLLM. */
  readonly command: string;
  /** Text of its `config.yaml`. */
  readonly config: string;
  /** @default 1 */
  readonly workers?: number;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Starts the proxy, and resolves when all its workers take requests. @throws Error with what it printed, if it ends before */
export async function openProxy({ command, config, workers = 1, variables = {} }: ProxyOptions): Promise<LitellmProxy> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-litellm-"));
  const file = join(folder, "config.yaml");
  await writeFile(file, config);
  const port = await freePort();
  // What the console script `litellm` does.
  const program = ["-c", "import sys; from litellm import run_server; sys.exit(run_server())"];
  const args = ["--config", file, "--host", "127.0.0.1", "--port", String(port), "--telemetry", "False"];
  // uvicorn gives its workers five seconds to import LiteLLM, which is not enough for four of them on two cores.
  const many = workers > 1 ? ["--num_workers", String(workers), "--run_gunicorn"] : ["--num_workers", "1"];
  const child = spawn(command, [...program, ...args, ...many], {
    cwd: folder,
    env: pythonEnvironment({
      LITELLM_LOCAL_MODEL_COST_MAP: "True",
      LITELLM_MASTER_KEY: MASTER_KEY,
      HOME: folder,
      ...variables,
    }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const closed = once(child, "close");
  let text = "";
  let hear = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      hear();
    });
  }
  const end = async (): Promise<void> => {
    if (isRunning(child)) child.kill("SIGTERM");
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  void closed.then(() => hear());
  while ((text.match(/Application startup complete/g) ?? []).length < workers) {
    if (!isRunning(child)) {
      await end();
      throw new Error(`LiteLLM's proxy ended: ${text.slice(-5_000)}`);
    }
    await new Promise<void>((resolve) => {
      hear = resolve;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  return { url, baseURL: `${url}/v1`, log: () => text, end };
}

export function isRunning(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

/** A port of loopback that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
