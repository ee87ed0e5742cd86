import { type SpawnOptions, spawn } from "node:child_process";

/**
 * Runs a program in a process group of its own, and at the signal ends all of the group: what it has started would run on without it.
 *
 * @returns its exit code; `null` where it was ended
 */
export async function runGroup(
  command: string,
  args: readonly string[],
  signal: AbortSignal,
  options: Pick<SpawnOptions, "cwd" | "env"> = {},
): Promise<number | null> {
  const child = spawn(command, [...args], { ...options, stdio: "inherit", detached: true });
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nothing of it runs any more.
    }
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  try {
    return await new Promise((resolve, reject) => child.on("exit", resolve).on("error", reject));
  } finally {
    signal.removeEventListener("abort", end);
    // What it left behind.
    end();
  }
}
