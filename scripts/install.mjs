import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quietly } from "./quietly.mjs";

/** Installs the workspace's dependencies if the lock file has changed since the last time. */
export async function install(root) {
  const stamp = join(root, "node_modules", ".laplas-installed");
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const args = ["--yes", "pnpm@12", "install", "--frozen-lockfile"];
  await quietly("Installing dependencies", npx, args, { cwd: root, env: { ...process.env, CI: "true" } });
  writeFileSync(stamp, lock);
}
