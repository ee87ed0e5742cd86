import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";

/** How long a file a process may write from now on. */
export function limitFileSize(pid: number, bytes: number | "unlimited"): void {
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}:`]);
}

/** Leaves a process so many file descriptors beside those that it has. */
export function limitDescriptors(pid: number, spare: number): void {
  const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number));
  let limit = 0;
  for (let free = 0; free < spare || open.has(limit); limit += 1) if (!open.has(limit)) free += 1;
  execFileSync("prlimit", ["--pid", String(pid), `--nofile=${limit}:`]);
}

/** Whether a test can limit a process. */
export function hasPrlimit(): boolean {
  const isThere = spawnSync("prlimit", ["--version"]).status === 0;
  if (!isThere) console.error("!! prlimit is missing, so limits were not tested: apt-get install util-linux");
  return isThere;
}

/** Whether a test can mount directories and files, in a name space that ends with the process that mounts. */
export function canMount(): boolean {
  const can = spawnSync("unshare", ["--mount", "mount", "--bind", "/tmp", "/tmp"]).status === 0;
  if (!can) console.error("!! Nothing can be mounted here, which takes root's rights, so mounts were not tested.");
  return can;
}
