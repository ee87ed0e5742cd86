import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A Node process of a test's own, which runs a file of this folder; killed with the test. */
export interface Child {
  /** Resolves with the next line that begins so. */
  line(beginning: string): Promise<string>;
  /** All it has written. */
  output(): string;
  kill(signal: NodeJS.Signals): Promise<void>;
  ended(): Promise<number | null>;
}

/** A file of this folder, and a shell command that mounts something where the process alone sees it. */
export interface MountedFile {
  readonly file: string;
  readonly mount: string;
}

/** Starts a file of this folder with Node. */
export function startChild(started: string | MountedFile, ...parameters: string[]): Child {
  const { file, mount } = typeof started === "string" ? { file: started, mount: undefined } : started;
  const node = [
    process.execPath,
    // The oldest Node of those supported reads TypeScript only when it is told to.
    ...["--disable-warning=ExperimentalWarning", "--experimental-strip-types"],
    ...["--import", path("register-typescript.mjs"), path(file), ...parameters],
  ];
  const [command = "", ...rest] =
    mount === undefined ? node : ["unshare", "--mount", "sh", "-c", `${mount} && exec "$@"`, "sh", ...node];
  const child: ChildProcess = spawn(command, rest, { stdio: ["ignore", "pipe", "pipe"] });
  // Not "exit", after which there may be more to read.
  const end = once(child, "close");
  let isOver = false;
  let text = "";
  let hear = (): void => {};
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
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
  return {
    async line(beginning) {
      for (;;) {
        // The last is not whole yet.
        const lines = text.split("\n").slice(0, -1);
        const found = lines.find((line) => line.startsWith(beginning));
        if (found !== undefined) return found;
        if (isOver) throw new Error(`the child ended: ${text}`);
        await new Promise<void>((resolve) => {
          hear = resolve;
        });
      }
    },
    output: () => text,
    async kill(signal) {
      child.kill(signal);
      await end;
    },
    async ended() {
      await end;
      return child.exitCode;
    },
  };
}
