import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment, examples } from "./run-example.ts";
import { type SpawnedProgram, spawnProgram, spawnProgramInTerminal } from "./spawn-laplas.ts";

const DEMO = join(examples, "demo/main.ts");

/** A folder of its own with these files. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "laplas-demo-test-"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

/** The demo on a screen, with colors, and the folder that it has for temporary files. */
export async function demoInTerminal(
  args: readonly string[],
  columns: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<SpawnedProgram & { readonly folder: string }> {
  const folder = await folderOf({});
  const where = { folder, environment: { ...environment, NO_COLOR: "", ...variables } };
  return { ...(await spawnProgramInTerminal([process.execPath, DEMO, ...args], where, columns)), folder };
}

/** The demo with three pipes, likewise. */
export async function demoInPipe(args: readonly string[] = []): Promise<SpawnedProgram & { readonly folder: string }> {
  const folder = await folderOf({});
  return { ...spawnProgram(process.execPath, [DEMO, ...args], { folder, environment }), folder };
}
