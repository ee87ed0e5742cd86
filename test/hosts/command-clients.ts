import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { type Outcome, pythonEnvironment } from "./python.ts";

const run = promisify(execFile);

export interface Home {
  readonly path: string;
  /** A folder in it, empty at first, in which programs run. */
  readonly work: string;
  /** Runs a program there. What it prints is without colors. */
  run(command: string, args: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Outcome>;
}

/** A home of its own for a program that keeps settings and a history there, gone with the test. */
export async function openHome(): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), "laplas-home-"));
  onTestFinished(() => rm(path, { recursive: true, force: true, maxRetries: 3 }));
  const work = join(path, "work");
  await mkdir(work);
  return {
    path,
    work,
    async run(command, args, variables = {}) {
      const folders = ["config", "data", "cache", "state"].map((name) => [
        `XDG_${name.toUpperCase()}_HOME`,
        join(path, name),
      ]);
      const env = pythonEnvironment({ HOME: path, ...Object.fromEntries(folders), ...variables });
      const ran = run(command, [...args], { cwd: work, env });
      // Where a test ends before it, for one that waits until tomorrow.
      onTestFinished(() => void ran.child.kill());
      // Some wait for the end of what is piped to them.
      ran.child.stdin?.end();
      try {
        return { ...(await ran), code: 0 };
      } catch (error) {
        const { stdout, stderr, code } = error as Outcome;
        return { stdout, stderr, code };
      }
    },
  };
}
