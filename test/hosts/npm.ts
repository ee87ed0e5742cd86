import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { keptFolder } from "./kept-folder.ts";

const run = promisify(execFile);

/**
 * The `bin` folder of what `test/hosts/<name>-packages.json` names, installed by npm once for each state of that file: programs too
 * heavy for the workspace, where everybody would download them.
 */
export async function openPackages(name: string): Promise<string> {
  const manifest = readFileSync(fileURLToPath(new URL(`${name}-packages.json`, import.meta.url)));
  const parts = [manifest, process.platform, process.arch];
  const folder = await keptFolder(name, parts, async (made) => {
    await writeFile(join(made, "package.json"), manifest);
    await run("npm", ["install", "--silent", "--no-audit", "--no-fund"], { cwd: made });
  });
  return join(folder, "node_modules", ".bin");
}
