import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import OpenAI from "openai";
import { pythonEnvironment } from "../python.ts";
import { freePort, isRunning } from "./open-proxy.ts";

export const README = readFileSync(new URL("../../../packages/litellm/README.md", import.meta.url), "utf8");
const LAPLAS = fileURLToPath(new URL("../../../packages/cli/dist/laplas.js", import.meta.url));

export interface ReadmeProxyOptions {
  /** Empty; takes the programs and the configuration. */
  readonly folder: string;
  /** What a shell runs as `litellm`. */
  readonly litellm: string;
  readonly gatewayPort: number;
  readonly variables: Readonly<Record<string, string>>;
  /** Kills the proxy. */
  readonly signal: AbortSignal;
}

export interface ReadmeProxy {
  /** A client of it, with the master key that the README makes. */
  readonly client: OpenAI;
  end(): Promise<void>;
}

/** The block of this language in the README that holds this text. */
export function block(language: string, text: string): string {
  const blocks = [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code = ""]) => code,
  );
  const found = blocks.find((code) => code.includes(text));
  if (found === undefined) throw new Error(`the README has no ${language} block with ${text}`);
  return found;
}

/** Writes a configuration and starts the proxy with it, by the README's block. @throws Error with what it printed, if it ends before */
export async function openReadmeProxy(options: ReadmeProxyOptions): Promise<ReadmeProxy> {
  const { folder, litellm, gatewayPort, variables, signal } = options;
  const port = await freePort();
  // What is on an operator's PATH. The port is the test's; 4000 may be taken.
  await program(folder, "laplas", `exec "${process.execPath}" "${LAPLAS}" "$@"`);
  const server = `exec ${litellm} "$@" --host 127.0.0.1 --port ${port} --telemetry False`;
  await program(folder, "litellm", `echo "key $LITELLM_MASTER_KEY"; ${server}`);
  const env = pythonEnvironment({ ...variables, HOME: folder, LAPLAS_PORT: String(gatewayPort) });
  const shell = spawn("sh", ["-e", "-c", block("sh", "laplas litellm-config")], {
    cwd: folder,
    env: { ...env, PATH: [folder, env.PATH].join(delimiter) },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const closed = once(shell, "close");
  // The proxy is the shell's child, so both end as the group that they are.
  const kill = (name: "SIGTERM" | "SIGKILL"): void => {
    if (shell.pid !== undefined && isRunning(shell)) process.kill(-shell.pid, name);
  };
  signal.addEventListener("abort", () => kill("SIGKILL"), { once: true });
  let told = "";
  await new Promise<void>((resolve, reject) => {
    for (const stream of [shell.stdout, shell.stderr]) {
      stream.setEncoding("utf8").on("data", (piece: string) => {
        told += piece;
        if (told.includes("Application startup complete")) resolve();
      });
    }
    void closed.then(() => reject(new Error(`LiteLLM's proxy ended: ${told.slice(-5_000)}`)), reject);
  });
  const end = async (): Promise<void> => {
    kill("SIGTERM");
    await closed;
  };
  const [, apiKey = ""] = /^key (sk-[0-9a-f]{64})$/m.exec(told) ?? [];
  return { client: new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey }), end };
}

async function program(folder: string, name: string, line: string): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${line}\n`);
  await chmod(path, 0o755);
}
