import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** The built command. */
export const COMMAND: string = fileURLToPath(new URL("../packages/cli/dist/laplas.js", import.meta.url));

/** A program in a process of its own, killed at the end of the test. */
export interface SpawnedProgram {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /**
   * Resolves once the pattern matches there. The two streams are not ordered: after waiting for one, the other may still be
   * empty. A line may arrive in two pieces, so a pattern that captures must reach to the end of its line.
   *
   * @throws Error if the program ends first
   */
  until(where: "stdout" | "stderr", pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code, once both streams have ended. */
  readonly ended: Promise<number | null>;
}

/** Where a program runs, and its variables. Of the test runner's own only PATH is passed on. */
export interface Surroundings {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Spawns a program. */
export function spawnProgram(program: string, args: readonly string[], where: Surroundings): SpawnedProgram {
  const { folder, environment } = where;
  const own = { PATH: process.env.PATH ?? "", HOME: folder, XDG_STATE_HOME: folder, TMPDIR: folder };
  const child = spawn(program, args, { cwd: folder, env: { ...own, ...environment } });
  // The program may end before it has read its input.
  child.stdin.on("error", () => {});
  const printed = { stdout: "", stderr: "" };
  const listeners = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (piece: string) => {
      printed[name] += piece;
      for (const listener of listeners) listener();
    });
  }
  const ended = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return {
    child,
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    ended,
    until: (stream, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(printed[stream]);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended before ${pattern}:\n${printed.stdout}${printed.stderr}`)));
      }),
  };
}

/** Spawns the built command with three pipes. */
export function spawnLaplas(args: readonly string[], where: Surroundings): SpawnedProgram {
  return spawnProgram(process.execPath, [COMMAND, ...args], where);
}

/** Spawns the built command in a terminal of its own. Its stdout is the screen. */
export function spawnInTerminal(
  args: readonly string[],
  where: Surroundings,
  columns?: number,
): Promise<SpawnedProgram & { readonly pid: number }> {
  return spawnProgramInTerminal([process.execPath, COMMAND, ...args], where, columns);
}

/** Spawns a program in a terminal of its own, made by util-linux's `script`, which every Debian has. Its stdout is the screen. */
export async function spawnProgramInTerminal(
  command: readonly string[],
  { folder, environment }: Surroundings,
  columns = 100,
): Promise<SpawnedProgram & { readonly pid: number }> {
  const words = command.map((word) => `'${word}'`).join(" ");
  const line = `stty cols ${columns} rows 40; echo "pid $$"; exec ${words}`;
  const where = { folder, environment: { TERM: "xterm-256color", LANG: "C.UTF-8", ...environment } };
  const spawned = spawnProgram("script", ["-qec", line, "/dev/null"], where);
  const [, pid] = await spawned.until("stdout", /^pid (\d+)\r\n/);
  return { ...spawned, pid: Number(pid) };
}
