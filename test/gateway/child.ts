import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { API_KEY, type GatewaySettings } from "./open-gateway.ts";
import { within } from "./until.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A process of a test's own, killed with it. */
export interface Child {
  /** All it has written. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in what it writes. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  signal(signal: NodeJS.Signals): void;
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Resolves with its exit code, or the signal that ended it. */
  ended(deadlineMs?: number): Promise<number | NodeJS.Signals | null>;
}

/** A gateway of a test's own process. */
export interface GatewayChild extends Child {
  readonly url: string;
  readonly baseURL: string;
  /** After its garbage has been collected. */
  memory(): Promise<NodeJS.MemoryUsage>;
}

/** Starts a gateway in a process of its own. */
export async function startGateway({ engine, ...settings }: GatewaySettings): Promise<GatewayChild> {
  const all: GatewaySettings = { engine: { apiKey: API_KEY, ledger: "memory", ...engine }, ...settings };
  const child = fork(path("gateway-child.ts"), [JSON.stringify(all)], {
    env: bareEnvironment(),
    execArgv: ["--expose-gc"],
    silent: true,
  });
  const watched = watch(child);
  const ask = async <Answer>(question?: string): Promise<Answer> => {
    const answer = once(child, "message");
    if (question !== undefined) child.send(question);
    const failed = watched.ended(60_000).then((code) => {
      throw new Error(`the gateway ended (${code}): ${watched.stderr()}`);
    });
    failed.catch(() => {});
    const [message] = (await within("the gateway's process", Promise.race([answer, failed]))) as [Answer];
    return message;
  };
  const { url } = await ask<{ url: string }>();
  return {
    ...watched,
    get isRunning() {
      return watched.isRunning;
    },
    url,
    baseURL: `${url}/v1`,
    memory: async () => (await ask<{ memory: NodeJS.MemoryUsage }>("memory")).memory,
  };
}

/** Starts the built `laplas` command. */
export function startLaplas(parameters: readonly string[], variables: Readonly<Record<string, string>> = {}): Child {
  const program = path("../../packages/cli/dist/laplas.js");
  return watch(
    spawn(process.execPath, [program, ...parameters], {
      cwd: path("."),
      env: { ...bareEnvironment(), ...variables },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

/** Starts a file of this folder with Node. */
export function startFile(file: `${string}.ts`, parameters: readonly string[]): Child {
  return watch(
    spawn(process.execPath, [path(file), ...parameters], { env: bareEnvironment(), stdio: ["ignore", "pipe", "pipe"] }),
  );
}

/** The settings of whoever runs this are not the test's. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const kept = ["PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP"];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

function watch(child: ChildProcess): Child {
  // Not "exit", after which there may be more to read.
  const end = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let isOver = false;
  const texts = { stdout: "", stderr: "" };
  let hear = (): void => {};
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (piece: string) => {
      texts[name] += piece;
      hear();
    });
  }
  void end.then(() => {
    isOver = true;
    hear();
  });
  onTestFinished(async () => {
    if (!isOver) child.kill("SIGKILL");
    await end;
  });
  const find = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(texts.stdout) ?? pattern.exec(texts.stderr);
      if (found !== null) return found;
      if (isOver) throw new Error(`the child ended: ${texts.stdout}${texts.stderr}`);
      await new Promise<void>((resolve) => {
        hear = resolve;
      });
    }
  };
  return {
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    says: (pattern) => within(`a child that should say ${pattern}`, find(pattern)),
    signal: (signal) => void child.kill(signal),
    pid: child.pid,
    get isRunning() {
      return child.exitCode === null && child.signalCode === null;
    },
    async ended(deadlineMs) {
      const [code, signal] = await within("the end of a child", end, deadlineMs);
      return code ?? signal;
    },
  };
}
